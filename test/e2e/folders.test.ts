import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import Database from "better-sqlite3";
import { afterAll, expect, onTestFinished, test } from "vitest";
import type { Locator } from "playwright-core";
import { projectPaths } from "../../src/core/project/index.ts";
import { openTrackingStore } from "../../src/core/tracking/index.ts";
import { silentLogger } from "../engine/silentLogger.ts";
import type { Workbench } from "../host/workbench.ts";
import { useEditor } from "./useEditor.ts";

const places = mkdtempSync(join(tmpdir(), "cairn-folders-"));
afterAll(() => {
  rmSync(places, { recursive: true, force: true, maxRetries: 5 });
});

const fixture = useEditor();

/** A folder in which runs of these names were recorded. */
async function recorded(name: string, runs: readonly string[]): Promise<string> {
  const folder = join(places, name);
  mkdirSync(folder);
  const paths = projectPaths(folder, "");
  const store = await openTrackingStore({ paths, logger: silentLogger });
  for (const [i, runName] of runs.entries()) {
    const { info } = await store.createRun({ experimentId: "0", startTime: 1000 + i, runName });
    await store.updateRun(info.runId, { status: "FINISHED", endTime: 2000 + i });
  }
  await store.close();
  return folder;
}

function row(window: Workbench, text: string | RegExp): Locator {
  return window.treeRows("Experiments").filter({ hasText: text }).first();
}

async function unfold(window: Workbench, text: string): Promise<void> {
  await row(window, text).click({ timeout: 30_000 });
  await window.page.keyboard.press("ArrowRight");
}

test("a workspace of two folders shows both, and a run goes to the one that was chosen", async () => {
  const [first, second] = [
    await recorded("reader", ["of the reader"]),
    await recorded("meter", ["of the meter"]),
  ];
  const workspace = join(places, "both.code-workspace");
  writeFileSync(workspace, JSON.stringify({ folders: [{ path: first }, { path: second }] }));
  const window = await fixture.open({ path: workspace });
  await window.openView("Cairn");
  await row(window, "reader").waitFor({ timeout: 30_000 });
  await unfold(window, "meter");
  await unfold(window, "Default");
  await row(window, "of the meter").waitFor({ timeout: 30_000 });

  await window.runCommand("Cairn: Run Command as a Tracked Run…");
  await window.pick("meter");
  await window.enter("python3 -c pass");
  const paths = projectPaths(second, "");
  await expect
    .poll(
      () => {
        const database = new Database(paths.database, { readonly: true });
        const runs = database.prepare("SELECT count(*) FROM run WHERE status = 'FINISHED'").pluck().get();
        database.close();
        return runs;
      },
      { timeout: 30_000 },
    )
    .toBe(2);
});

test("several runs are deleted at once, after one question", async () => {
  const folder = await recorded("several", ["run one", "run two", "run three"]);
  const window = await fixture.open({ path: folder });
  await window.openView("Cairn");
  await unfold(window, "Default");
  await row(window, "run one").click({ timeout: 30_000 });
  await row(window, "run two").click({ modifiers: ["ControlOrMeta"] });
  await row(window, "run two").click({ button: "right" });
  await window.pickMenuItem(/^Delete/);
  await window.page.getByText("Delete 2 runs?").waitFor();
  await window.page.getByRole("button", { name: "Delete", exact: true }).click();
  await row(window, "run one").waitFor({ state: "hidden", timeout: 30_000 });
  await row(window, "run three").waitFor();
  expect(await row(window, "run two").count()).toBe(0);
});

test("a database that cannot be read, or is newer, is said and kept", async () => {
  const corrupt = join(places, "corrupt");
  mkdirSync(join(corrupt, ".cairn"), { recursive: true });
  writeFileSync(join(corrupt, ".cairn", "cairn.db"), "this is no database, ".repeat(500));
  const window = await fixture.open({ path: corrupt });
  await window.openView("Cairn");
  await window.sideBar.getByText("The database of this project cannot be read.").waitFor({ timeout: 30_000 });

  const newer = await recorded("newer", []);
  const database = new Database(projectPaths(newer, "").database);
  database.pragma("user_version = 9999");
  database.close();
  const other = await fixture.open({ path: newer });
  await other.openView("Cairn");
  await other.sideBar.getByText("recorded by a newer version of Cairn").waitFor({ timeout: 30_000 });
});

test("a project that another host owns is shown for reading", async () => {
  const folder = await recorded("owned", ["over there"]);
  const { lock } = projectPaths(folder, "");
  const held = new Database(lock);
  onTestFinished(() => void held.close());
  held.exec("BEGIN EXCLUSIVE");
  writeFileSync(`${lock}.json`, JSON.stringify({ pid: 4242, host: "node-17", mode: "daemon" }));
  const window = await fixture.open({ path: folder });
  await window.openView("Cairn");
  await unfold(window, "Default");
  await row(window, "over there").waitFor({ timeout: 30_000 });
  await window.sideBar.getByText(/Open for reading only: owned/).waitFor();
  await window.page.getByRole("button", { name: "Cairn: read-only, owned by node-17" }).waitFor();
  expect(await window.commandsMatching("Cairn: ")).not.toContain("Cairn: Run Command as a Tracked Run…");
  await window.runCommand("Cairn: Show Health");
  const panel = await window.panelFrame("Cairn Health");
  await panel.getByText(/on node-17 \(process 4242\)/).waitFor({ timeout: 30_000 });
});
