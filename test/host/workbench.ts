import { readFile, writeFile } from "node:fs/promises";
import { setTimeout as delay } from "node:timers/promises";
import {
  type Browser,
  type BrowserContext,
  type FrameLocator,
  type Locator,
  type Page,
  chromium,
} from "playwright-core";
import { browserArguments, findBrowser } from "./browser.ts";
import { addressOf, type Editor, settingsPath } from "./editor.ts";

/** The class of the workbench in each theme. */
const themeClasses = { dark: "vs-dark", light: "vs", hc: "hc-black" };

export type Theme = keyof typeof themeClasses;

export interface WorkbenchOptions {
  viewport?: { width: number; height: number };
  /** An already open browser, for a second window on the same editor. */
  browser?: Browser;
  /** Another folder than the editor's own, or a .code-workspace file. */
  path?: string;
  /** Added to the address, as VS Code's own parameters. */
  query?: string;
  /** Called with the empty page before VS Code is loaded into it. */
  prepare?: (page: Page) => Promise<void>;
}

/** Starts the headless Chromium that shows workbenches. */
export async function launchBrowser(): Promise<Browser> {
  return chromium.launch({ executablePath: await findBrowser(), args: browserArguments });
}

/** Opens the editor in a browser window and waits until the workbench is drawn and knows its extensions. */
export async function openWorkbench(editor: Editor, options: WorkbenchOptions = {}): Promise<Workbench> {
  const browser = options.browser ?? (await launchBrowser());
  const context = await browser.newContext({
    viewport: options.viewport ?? { width: 1400, height: 900 },
    permissions: ["clipboard-read", "clipboard-write"],
  });
  const page = await context.newPage();
  const workbench = new Workbench(editor, page, context, options.browser ? undefined : browser);
  try {
    await options.prepare?.(page);
    const address = options.path === undefined ? editor.url : addressOf(editor.port, options.path);
    await page.goto(address + (options.query ?? ""));
    await workbench.waitUntilReady();
  } catch (error) {
    await workbench.close();
    throw error;
  }
  return workbench;
}

/** One window of VS Code, used as a person would. Every wait polls and fails after its time-out. */
export class Workbench {
  readonly editor: Editor;
  readonly page: Page;
  /** What the window wrote to its console. */
  readonly console: string[] = [];
  private readonly context: BrowserContext;
  private readonly ownBrowser: Browser | undefined;

  constructor(editor: Editor, page: Page, context: BrowserContext, ownBrowser: Browser | undefined) {
    this.editor = editor;
    this.page = page;
    this.context = context;
    this.ownBrowser = ownBrowser;
    page.on("console", (message) => this.console.push(`[${message.type()}] ${message.text().slice(0, 300)}`));
    page.on("pageerror", (error) => this.console.push(`[pageerror] ${error.message}`));
  }

  get quickInput(): Locator {
    return this.page.locator(".quick-input-widget:visible");
  }

  get notifications(): Locator {
    return this.page.locator(".notifications-toasts .notification-list-item");
  }

  get statusBar(): Locator {
    return this.page.locator(".part.statusbar");
  }

  get sideBar(): Locator {
    return this.page.locator(".part.sidebar");
  }

  /** Waits for the workbench and for the extension host to have announced its extensions. */
  async waitUntilReady(): Promise<void> {
    await this.page.locator(".monaco-workbench").waitFor({ timeout: 60_000 });
    await this.page.waitForFunction(
      () => performance.getEntriesByName("code/didLoadExtensions").length > 0,
      undefined,
      { timeout: 60_000 },
    );
  }

  /** Loads the window again as a person would; the browser's own reload leaves VS Code no time to save its state. */
  async reload(): Promise<void> {
    const loaded = this.page.waitForEvent("domcontentloaded", { timeout: 60_000 });
    await this.runCommand("Developer: Reload Window");
    await loaded;
    await this.waitUntilReady();
  }

  /**
   * Runs a command through the palette.
   * @param title as the palette shows it, with its category: "Cairn: Show Health"
   */
  async runCommand(title: string): Promise<void> {
    await this.clickCommand(title);
  }

  /**
   * The same, telling when the click was made, in milliseconds of `performance.now()`. A panel that is just loading may
   * take the focus and so close the palette, and what it lists is from when it was opened: it is opened anew, as a
   * person would.
   */
  async clickCommand(title: string): Promise<number> {
    const until = performance.now() + 40_000;
    for (;;) {
      try {
        await this.openPalette(title);
        const row = this.quickPickRow(title);
        await row.waitFor({ timeout: 3_000 });
        const clicked = performance.now();
        // Not waited for: a command that loads the window again may take longer than a click may.
        await row.click({ timeout: 3_000, noWaitAfter: true });
        if (await this.paletteClosed()) return clicked;
        throw new Error("The palette stays open.");
      } catch (error) {
        const rows = this.quickInput.locator(".monaco-list-row");
        const shown = await rows.allInnerTexts().catch(() => []);
        await this.page.keyboard.press("Escape");
        if (performance.now() < until) continue;
        throw new Error(`The palette has no command "${title}"; it shows: ${shown.join(" | ")}`, {
          cause: error,
        });
      }
    }
  }

  /** Titles that the palette offers for a text. */
  async commandsMatching(text: string): Promise<string[]> {
    await this.openPalette(text);
    const rows = this.quickInput.locator(".monaco-list-row .label-name");
    await rows.first().waitFor();
    const titles = await rows.allInnerTexts();
    await this.page.keyboard.press("Escape");
    return titles;
  }

  private async openPalette(text: string): Promise<void> {
    await this.page.keyboard.press("F1");
    await this.quickInput.locator("input").first().fill(`>${text}`, { timeout: 5_000 });
  }

  /**
   * Waits until the palette makes room for what the command asks: both are the same box. False when it stays, as it does
   * when the click fell between two drawings of its list.
   */
  private async paletteClosed(): Promise<boolean> {
    const isOpen = (): boolean => {
      const box = document.querySelector<HTMLElement>(".quick-input-widget");
      const isShown = box !== null && getComputedStyle(box).display !== "none";
      return isShown && box.querySelector("input")?.value.startsWith(">") === true;
    };
    const deadline = performance.now() + 3_000;
    // A command that loads the window again takes the page away.
    while (await this.page.evaluate(isOpen).catch(() => false)) {
      if (performance.now() > deadline) return false;
      await delay(50);
    }
    return true;
  }

  /** A row of the open quick pick by its exact label. */
  quickPickRow(label: string): Locator {
    return this.quickInput
      .locator(".monaco-list-row")
      .filter({
        has: this.page.locator(".label-name", { hasText: new RegExp(`^\\s*${escape(label)}\\s*$`) }),
      })
      .first();
  }

  /** Chooses a row of the open quick pick. */
  async pick(label: string): Promise<void> {
    await this.quickPickRow(label).click({ timeout: 20_000 });
  }

  /** Types into the open input box and accepts it. */
  async enter(text: string): Promise<void> {
    const input = this.quickInput.locator("input").first();
    await until(`the input box to hold "${text}"`, async () => {
      await input.fill(text);
      return (await input.inputValue()) === text;
    });
    await input.press("Enter");
  }

  /** Chooses from the open context menu, which overlooks the mouse for a moment so that no click goes through it. */
  async pickMenuItem(name: string | RegExp): Promise<void> {
    const item = this.page.getByRole("menuitem", { name }).first();
    const focused = this.page.locator(".monaco-menu .action-item.focused", { has: item });
    await until(`the menu's item ${String(name)} to be focused`, async () => {
      await this.page.mouse.move(0, 0);
      await item.hover({ timeout: 5_000 });
      return (await focused.count()) > 0;
    });
    await this.page.keyboard.press("Enter");
  }

  /** Waits for a notification that contains the text. */
  async notification(text: string | RegExp): Promise<Locator> {
    const found = this.notifications.filter({ hasText: text }).first();
    await found.waitFor({ timeout: 30_000 });
    return found;
  }

  /** Opens a view container by its name in the activity bar. */
  async openView(name: string): Promise<void> {
    const tab = this.page.locator(".part.activitybar").getByRole("tab", { name, exact: true });
    // While the window is restored, what was shown last may come after the click.
    await until(`the view ${name}`, async () => {
      if ((await tab.getAttribute("aria-selected", { timeout: 30_000 })) === "true") return true;
      await tab.click();
      return false;
    });
  }

  /** The rows of a tree in the side bar. */
  treeRows(viewTitle: string): Locator {
    return this.sideBar
      .locator(".pane", { has: this.page.locator(".pane-header", { hasText: viewTitle }) })
      .locator(".monaco-list-row");
  }

  /** Opens what a row of a tree stands for; a row that is drawn anew between the two clicks takes no notice of them. */
  async openRow(row: Locator, title: string): Promise<FrameLocator> {
    const tab = this.page.locator(".tabs-container").getByRole("tab", { name: title }).first();
    await until(`the tab ${title}`, async () => {
      await row.dblclick({ timeout: 30_000 });
      return tab.waitFor({ timeout: 5_000 }).then(
        () => true,
        () => false,
      );
    });
    return this.panelFrame(title);
  }

  /** Waits for an editor tab with the title and makes it the active one. */
  async showTab(title: string): Promise<void> {
    await this.page
      .locator(".tabs-container")
      .getByRole("tab", { name: title })
      .first()
      .click({ timeout: 30_000 });
  }

  /** The content of the panel (webview) whose tab has this title. */
  async panelFrame(title: string): Promise<FrameLocator> {
    await this.showTab(title);
    // Hidden panels keep their frames: the one that is shown is the visible one.
    const outer = this.page.locator("iframe.webview.ready:visible").last();
    await outer.waitFor({ timeout: 30_000 });
    return outer.contentFrame().frameLocator("#active-frame");
  }

  /** Changes the colour theme as a person would and waits until it is drawn. */
  async setTheme(theme: Theme): Promise<void> {
    const label = this.editor.release.themes[theme];
    await this.runCommand("Preferences: Color Theme");
    await this.quickInput.locator("input").first().fill(label);
    await this.pick(label);
    await this.page.locator(`.monaco-workbench.${themeClasses[theme]}`).waitFor({ timeout: 30_000 });
    await this.quickInput.waitFor({ state: "hidden" });
  }

  /** Changes user settings; the server does not watch that file, so the window is loaded again. */
  async setSettings(settings: Record<string, unknown>): Promise<void> {
    const path = settingsPath(this.editor.userDataDir);
    const before = JSON.parse(await readFile(path, "utf8")) as Record<string, unknown>;
    await writeFile(path, JSON.stringify({ ...before, ...settings }, undefined, 2));
    await this.reload();
  }

  /** Writes what the window shows to a PNG file. */
  async screenshot(path: string): Promise<void> {
    await this.page.screenshot({ path, animations: "disabled", caret: "hide" });
  }

  /** Closes the window, and the browser if it was started for it. The editor and what it runs go on. */
  async close(): Promise<void> {
    await this.context.close();
    await this.ownBrowser?.close();
  }
}

function escape(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
}

/** Does something again until it has had the wanted effect. @throws after half a minute without it */
async function until(what: string, attempt: () => Promise<boolean>): Promise<void> {
  const deadline = performance.now() + 30_000;
  while (!(await attempt())) {
    if (performance.now() > deadline) throw new Error(`Waited in vain for ${what}`);
    await delay(100);
  }
}
