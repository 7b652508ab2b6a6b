import { mkdir, mkdtemp, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startEditor } from "../host/editor.ts";
import { packageVsix, stageFolder } from "../host/packageVsix.ts";
import { type Workbench, openWorkbench } from "../host/workbench.ts";

const ROUNDS = 7;
const OURS = "Cairn";
/** VS Code's own extension for Git: the measure of what a well-kept extension of this kind costs. */
const PEER = "Git";

/** Activation as VS Code itself times it, ours beside that of its own Git extension, in one and the same window. */
export default async function activate(): Promise<void> {
  const vsix = await packageVsix();
  const workspace = await mkdtemp(join(tmpdir(), "cairn-activate-"));
  // A data folder, so that Cairn has something to look at, and a repository, so that Git has.
  await mkdir(join(workspace, ".git"));
  await writeFile(join(workspace, "train.py"), "print('hello')\n");
  const editor = await startEditor({ workspace, vsix });
  const times: Record<string, number[]> = { [OURS]: [], [PEER]: [] };
  try {
    for (let round = 0; round < ROUNDS; round++) {
      const window = await openWorkbench(editor);
      try {
        await window.openView("Cairn");
        await window.sideBar.getByText("Experiments").first().waitFor();
        await window.runCommand("Developer: Show Running Extensions");
        for (const name of [OURS, PEER]) times[name]?.push(await activationOf(window, name));
      } finally {
        await window.close();
      }
    }
  } finally {
    await editor.stop();
    await rm(workspace, { recursive: true, force: true, maxRetries: 5 });
  }
  const ours = median(times[OURS] ?? []);
  const peer = median(times[PEER] ?? []);
  const { size } = await stat(join(stageFolder(), "dist", "extension.js"));
  console.log(
    `activation, median of ${ROUNDS}: Cairn ${ours} ms, VS Code's Git ${peer} ms, ratio ${(ours / peer).toFixed(2)}`,
  );
  console.log(
    `extension bundle: ${(size / 1000).toFixed(0)} KB; VSIX: ${((await stat(vsix)).size / 1e6).toFixed(2)} MB`,
  );
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
