import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import type { Locator } from "playwright-core";
import { startEditor } from "../host/editor.ts";
import { cairn, makeSample, trainOnce } from "../host/sampleProject.ts";
import { type Theme, type Workbench, openWorkbench } from "../host/workbench.ts";
import { chartPoints, shownPanel } from "./panels.ts";
import { READINGS, SampleData } from "./sampleData.ts";

const themes: readonly Theme[] = ["dark", "light", "hc"];
/** Enough epochs to be still training when the last picture is taken. */
const longRun = ["run", "train", "-P", "epochs=12", "-P", "lr=0.03", "--name", "long-training"];

/** The pictures of the README: the sample project, trained a few times, with a run under way. */
export default async function screenshots(vsix: string, dir: string): Promise<void> {
  const parent = await mkdtemp(join(tmpdir(), "cairn-pictures-"));
  const workspace = join(parent, "meters");
  await makeSample(workspace);
  const data = new SampleData(workspace);
  for (const [name, lr] of [
    ["first-try", "0.05"],
    ["slow-rate", "0.01"],
    ["fast-rate", "0.15"],
  ] as const) {
    await data.addNext();
    await trainOnce(workspace, ["-P", `lr=${lr}`, "-P", "epochs=4", "--name", name, "--data", READINGS]);
  }
  await data.addOthers();
  const editor = await startEditor({ workspace, vsix });
  const training = cairn(longRun, workspace).catch((error: unknown) => String(error));
  try {
    const window = await openWorkbench(editor, { viewport: { width: 1440, height: 860 } });
    await window.openView("Cairn");
    await window.treeRows("Experiments").filter({ hasText: "long-training" }).waitFor();
    await window.runCommand("Cairn: Open Runs");
    const runs = await shownPanel(window);
    await runs.locator(".grid-row").nth(3).waitFor();
    await runs.getByRole("checkbox", { name: "Select all rows" }).click();
    await waitForPoints(window, 12);
    await inAllThemes(window, join(dir, "runs"));
    await window.runCommand("Cairn: Show Health");
    await (await shownPanel(window)).getByText("Tracking URI").first().waitFor();
    await inAllThemes(window, join(dir, "health"));
    const row = window.treeRows("Experiments").filter({ hasText: "long-training" }).first();
    await (await window.openRow(row, "long-training")).locator(".run-head").waitFor();
    await inAllThemes(window, join(dir, "run"));
    await showData(window);
    await inAllThemes(window, join(dir, "data"), () => version(window, "v2").hover());
    await window.close();
  } finally {
    await editor.stop();
    await training;
    await rm(parent, { recursive: true, force: true, maxRetries: 5 });
  }
}

/** Waits until the first chart has that many points; those out of view are not drawn. */
async function waitForPoints(window: Workbench, least: number): Promise<void> {
  const panel = await shownPanel(window);
  const deadline = Date.now() + 60_000;
  while ((await chartPoints(panel, "accuracy")) < least) {
    if (Date.now() > deadline) throw new Error("The charts did not show the runs.");
    await delay(200);
  }
}

function version(window: Workbench, label: string): Locator {
  return window.treeRows("Data").filter({ hasText: label }).first();
}

/** A run whose data has changed since, and the versions beside it. */
async function showData(window: Workbench): Promise<void> {
  const run = window.treeRows("Experiments").filter({ hasText: "first-try" }).first();
  const panel = await window.openRow(run, "first-try");
  await panel.getByText("changed since this run").waitFor({ timeout: 60_000 });
  await window.treeRows("Data").filter({ hasText: "readings.csv" }).first().click();
  await version(window, "v1").waitFor();
  await version(window, "v2").click();
  await window.page.keyboard.press("ArrowRight");
  await window.treeRows("Data").filter({ hasText: "slow-rate" }).first().waitFor();
}

/** `point` puts the mouse where a tooltip is to be seen. */
async function inAllThemes(window: Workbench, path: string, point?: () => Promise<void>): Promise<void> {
  for (const theme of themes) {
    await window.setTheme(theme);
    await point?.();
    // Colours of curves follow the theme a moment later, and nothing on the page says when the last has.
    await delay(4_000);
    await window.screenshot(`${path}-${theme}.png`);
  }
}
