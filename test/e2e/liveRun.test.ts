import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { makeSample } from "../host/sampleProject.ts";
import { chartPoints, shownPanel } from "./panels.ts";
import { useEditor } from "./useEditor.ts";

const parent = await mkdtemp(join(tmpdir(), "cairn-live-"));
const workspace = join(parent, "meters");
beforeAll(() => makeSample(workspace));
afterAll(() => rm(parent, { recursive: true, force: true, maxRetries: 5 }));

const fixture = useEditor({ workspace });

test("a run started from the palette is drawn while it trains", async () => {
  const window = await fixture.open();
  await window.openView("Cairn");
  await window.runCommand("Cairn: Run Entry…");
  // Long enough to be watched, and over before long where the machine has other work.
  await window.pick("epochs");
  await window.enter("3");
  await window.pick("Run train");
  const panel = await shownPanel(window);
  const head = panel.locator(".run-head");
  await expect.poll(() => head.innerText(), { timeout: 30_000 }).toContain("Running");

  // How many points the chart had, seen while the process was still training.
  const seen = new Set<number>();
  const look = async (): Promise<boolean> => {
    const points = await chartPoints(panel, "train_loss");
    const running = (await head.innerText()).includes("Running");
    if (running && points > 0) seen.add(points);
    return running;
  };
  await expect.poll(look, { timeout: 150_000, interval: 150 }).toBe(false);

  const counts = [...seen];
  expect(counts, "points in the chart, each time it was looked at").toEqual(counts.toSorted((a, b) => a - b));
  expect(counts.length - 1, "times that points were added during training").toBeGreaterThanOrEqual(5);
  expect(await head.innerText()).toContain("Finished");
  await window.treeRows("Experiments").filter({ hasText: "accuracy" }).first().waitFor();
});

test("a window loaded again during a run shows it again, and the run goes on", async () => {
  const window = await fixture.open();
  await window.openView("Cairn");
  await window.runCommand("Cairn: Run Entry…");
  await window.pick("Run train");
  const before = await shownPanel(window);
  await expect.poll(() => chartPoints(before, "train_loss"), { timeout: 60_000 }).toBeGreaterThan(1);
  await window.reload();
  const after = await shownPanel(window);
  const head = after.locator(".run-head");
  await expect.poll(() => head.innerText(), { timeout: 60_000 }).toContain("Running");
  await expect.poll(() => chartPoints(after, "train_loss"), { timeout: 60_000 }).toBeGreaterThan(3);
  await head.getByText("Stop").click();
  await expect.poll(() => head.innerText(), { timeout: 30_000 }).toContain("Stopped");
});
