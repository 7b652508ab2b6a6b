import { mkdir, mkdtemp, readdir, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Editor, startEditor } from "../host/editor.ts";
import { packageVsix, stageFolder } from "../host/packageVsix.ts";
import { type Workbench, openWorkbench } from "../host/workbench.ts";

const ROUNDS = 7;
const OURS = "Cairn";
/** VS Code's own extension for Git: the measure of what a well-kept extension of this kind costs. */
const PEER = "Git";
const RUNNING = "Developer: Show Running Extensions";

/**
 * Activation as VS Code itself times it, ours beside that of its own Git extension, in one and the same window: once
 * where the view is opened in a window that has started, and once where it is opened at once. VS Code then activates
 * several extensions in one turn, starts all their clocks first, and so adds what the others take to the last one's time.
 */
export default async function activate(): Promise<void> {
  const vsix = await packageVsix();
  const workspace = await mkdtemp(join(tmpdir(), "cairn-activate-"));
  // A repository, so that Git has something to look at.
  await mkdir(join(workspace, ".git"));
  await writeFile(join(workspace, "train.py"), "print('hello')\n");
  const editor = await startEditor({ workspace, vsix });
  const times = { started: [] as number[], starting: [] as number[], peer: [] as number[] };
  try {
    for (let round = 0; round < ROUNDS; round++) {
      await inWindow(editor, async (window) => {
        await window.runCommand(RUNNING);
        times.peer.push(await activationOf(window, PEER));
        // The list covers the window.
        await window.page.keyboard.press("Escape");
        await openView(window);
        await window.runCommand(RUNNING);
        times.started.push(await activationOf(window, OURS));
      });
      await inWindow(editor, async (window) => {
        await openView(window);
        await window.runCommand(RUNNING);
        times.starting.push(await activationOf(window, OURS));
      });
    }
  } finally {
    await editor.stop();
    await rm(workspace, { recursive: true, force: true, maxRetries: 5 });
  }
  const [ours, atOnce, peer] = [times.started, times.starting, times.peer].map(median);
  console.log(
    `activation, median of ${ROUNDS}: Cairn ${ours} ms, ${atOnce} ms with those that VS Code starts in the same turn; ` +
      `VS Code's Git ${peer} ms`,
  );
  const dist = join(stageFolder(), "dist");
  const parts = (await readdir(dist)).filter((name) => /^extension.*\.js$/.test(name));
  const sizes = await Promise.all(parts.map(async (name) => (await stat(join(dist, name))).size));
  const start = (await stat(join(dist, "extension.js"))).size;
  console.log(
    `extension host: ${kilobytes(start)} to start with, ${kilobytes(sizes.reduce((sum, size) => sum + size, 0))} in all; ` +
      `VSIX: ${((await stat(vsix)).size / 1e6).toFixed(2)} MB`,
  );
}

async function inWindow(editor: Editor, measure: (window: Workbench) => Promise<void>): Promise<void> {
  const window = await openWorkbench(editor);
  try {
    await measure(window);
  } finally {
    await window.close();
  }
}

async function openView(window: Workbench): Promise<void> {
  await window.openView("Cairn");
  await window.sideBar.getByText("Experiments").first().waitFor();
}

/** Milliseconds that an extension took, as the open list of running extensions says. */
async function activationOf(window: Workbench, name: string): Promise<number> {
  const row = window.page
    .locator(".runtime-extensions-editor .monaco-list-row")
    .filter({ has: window.page.locator(".name", { hasText: new RegExp(`^${name}$`) }) });
  const time = row.locator(".activation-time").filter({ hasText: /\d+\s*ms/ });
  const found = /(\d+)\s*ms/.exec(await time.innerText({ timeout: 60_000 }));
  if (!found) throw new Error(`VS Code says no activation time of ${name}.`);
  return Number(found[1]);
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}

function kilobytes(bytes: number): string {
  return `${(bytes / 1000).toFixed(0)} KB`;
}
