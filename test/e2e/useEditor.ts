import { cp, mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Browser } from "playwright-core";
import { afterAll, afterEach, beforeAll } from "vitest";
import { type Editor, type EditorOptions, startEditor } from "../host/editor.ts";
import { packageVsix } from "../host/packageVsix.ts";
import { outDir } from "../host/paths.ts";
import { type Workbench, type WorkbenchOptions, launchBrowser, openWorkbench } from "../host/workbench.ts";

export interface EditorFixtureOptions extends Partial<Omit<EditorOptions, "vsix">> {
  /** A folder whose content the workspace starts with. */
  template?: string;
}

/** What a test file gets: one editor with the packaged extension, on a workspace of its own. */
export interface EditorFixture {
  readonly editor: Editor;
  readonly workspace: string;
  /** Opens a window; windows left open are closed after the test. */
  open(options?: WorkbenchOptions): Promise<Workbench>;
  /** One window for all tests of the file, for those that follow from each other: opening one takes seconds. */
  shared(): Promise<Workbench>;
}

/** Starts an editor before the file's tests and ends it, with all that it started, after them. */
export function useEditor(options: EditorFixtureOptions = {}): EditorFixture {
  let started: { editor: Editor; browser: Browser; workspace: string } | undefined;
  let windows: Workbench[] = [];
  let shared: Promise<Workbench> | undefined;
  const current = () => {
    if (!started) throw new Error("The editor is there only within a test.");
    return started;
  };

  beforeAll(async () => {
    const workspace = options.workspace ?? (await mkdtemp(join(tmpdir(), "cairn-workspace-")));
    if (options.template !== undefined) await cp(options.template, workspace, { recursive: true });
    const editor = await startEditor({ ...options, workspace, vsix: await packageVsix() });
    started = { editor, workspace, browser: await launchBrowser() };
  });

  afterEach(async ({ task }) => {
    if (task.result?.state === "fail")
      await keepPictures(task.name, shared ? [...windows, await shared] : windows);
    await Promise.all(windows.map((window) => window.close()));
    windows = [];
  });

  afterAll(async () => {
    await started?.browser.close();
    await started?.editor.stop();
    if (started && options.workspace === undefined) {
      await rm(started.workspace, { recursive: true, force: true, maxRetries: 5 });
    }
  });

  return {
    get editor() {
      return current().editor;
    },
    get workspace() {
      return current().workspace;
    },
    async open(windowOptions) {
      const { editor, browser } = current();
      const window = await openWorkbench(editor, { browser, ...windowOptions });
      windows.push(window);
      return window;
    },
    shared() {
      const { editor, browser } = current();
      return (shared ??= openWorkbench(editor, { browser }));
    },
  };
}

/** What the windows showed when a test failed, in test/.out/failures. */
async function keepPictures(name: string, windows: readonly Workbench[]): Promise<void> {
  const dir = join(outDir, "failures");
  await mkdir(dir, { recursive: true });
  for (const [index, window] of windows.entries()) {
    const path = join(dir, `${name.replace(/\W+/g, "-")}-${index}.png`);
    await window.screenshot(path).then(
      () => console.error(`What the window showed: ${path}`),
      (error: unknown) => console.error(`No picture of the window: ${String(error)}`),
    );
  }
}
