import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { chromium, type Browser, type Page } from "playwright-core";
import { browserArguments, findBrowser } from "../../host/browser.ts";
import { type ThemeName, themeOf } from "./themes.ts";

const ORIGIN = "http://panel.test";
const NONCE = "dGVzdC1ub25jZQ";
const TYPES: Record<string, string> = {
  js: "text/javascript",
  css: "text/css",
  ttf: "font/ttf",
  html: "text/html",
};

export interface PanelPage {
  page: Page;
  /** Errors, failed loads and refusals by the content security policy since the page was opened. */
  complaints: string[];
}

export interface OpenOptions {
  panel: "runs" | "run" | "health";
  /** Where the bundles are: a built `dist/webview`. */
  bundles: string;
  /** Name of a scenario in fakeHost.ts, with its options. */
  scenario: string;
  options?: Record<string, unknown>;
  theme?: ThemeName;
  width?: number;
  height?: number;
  /** Waited for before a file is given to the page. */
  before?: (name: string) => Promise<void>;
}

export async function launchBrowser(): Promise<Browser> {
  return chromium.launch({ executablePath: await findBrowser(), args: browserArguments });
}

/** Opens a panel's bundle under the policy that the host gives it, with a host made of generated data behind it. */
export async function openPanel(
  browser: Browser,
  fakeHost: string,
  options: OpenOptions,
): Promise<PanelPage> {
  const { panel, bundles, theme = "dark", width = 1200, height = 800 } = options;
  const page = await browser.newPage({ viewport: { width, height } });
  const complaints: string[] = [];
  page.on("pageerror", (error) => complaints.push(String(error)));
  page.on("console", (message) => {
    if (message.type() === "error" || message.type() === "warning") complaints.push(message.text());
  });
  await page.route(`${ORIGIN}/**`, async (route) => {
    const name = new URL(route.request().url()).pathname.slice(1);
    await options.before?.(name);
    const body = name === "" ? pageHtml(panel, theme) : await readFile(join(bundles, name));
    const type = TYPES[name === "" ? "html" : (name.split(".").pop() ?? "")];
    await route.fulfill({ body, contentType: type ?? "application/octet-stream" });
  });
  const setup = { panel, scenario: options.scenario, options: options.options ?? {} };
  await page.addInitScript({ content: `globalThis.cairnScenario = ${JSON.stringify(setup)};\n${fakeHost}` });
  await page.addInitScript(paint, themeOf(theme));
  // What is held back may be what the page's "load" waits for.
  await page.goto(ORIGIN, { waitUntil: options.before === undefined ? "load" : "domcontentloaded" });
  return { page, complaints };
}

/** The same scaffold as the host's html.ts. */
function pageHtml(panel: string, theme: ThemeName): string {
  const policy = [
    "default-src 'none'",
    `script-src 'nonce-${NONCE}'`,
    `style-src ${ORIGIN} 'nonce-${NONCE}'`,
    `img-src ${ORIGIN} data: blob:`,
    `font-src ${ORIGIN}`,
    "media-src blob:",
  ].join("; ");
  return `<!DOCTYPE html>
<html lang="en">
  <head>
    <meta charset="UTF-8">
    <meta http-equiv="Content-Security-Policy" content="${policy}">
    <link rel="icon" href="data:,">
    <link rel="stylesheet" id="vscode-codicon-stylesheet" nonce="${NONCE}" href="codicon.css">
    <style id="plotly.js-style-global" nonce="${NONCE}"></style>
    <title>${panel}</title>
  </head>
  <body class="${themeOf(theme).className}">
    <script nonce="${NONCE}" src="${panel}.js"></script>
  </body>
</html>`;
}

function paint({ variables }: { variables: [string, string][] }): void {
  const apply = (): boolean => {
    const root = document.documentElement as HTMLElement | null;
    if (!root) return false;
    for (const [name, value] of variables) root.style.setProperty(name, value);
    return true;
  };
  if (apply()) return;
  const observer = new MutationObserver(() => {
    if (apply()) observer.disconnect();
  });
  observer.observe(document, { childList: true });
}

/** Changes the theme of an open page, as VS Code does when the user picks another. */
export async function switchTheme(page: Page, theme: ThemeName): Promise<void> {
  await page.evaluate((next) => {
    for (const [name, value] of next.variables) document.documentElement.style.setProperty(name, value);
    document.body.className = next.className;
  }, themeOf(theme));
}
