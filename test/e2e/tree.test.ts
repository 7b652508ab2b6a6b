import { existsSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import type { Locator } from "playwright-core";
import type { Workbench } from "../host/workbench.ts";
import { useEditor } from "./useEditor.ts";

const places = await mkdtemp(join(tmpdir(), "cairn-places-"));
const sample = join(places, "sample of mine");
afterAll(() => rm(places, { recursive: true, force: true, maxRetries: 5 }));

const fixture = useEditor({ settings: { "cairn.sampleDir": sample } });

/** A run with a child, through nothing but the tracking API that its environment names. */
const nested = `
import json, os, time, urllib.request
def call(name, **body):
    request = urllib.request.Request(
        os.environ["MLFLOW_TRACKING_URI"] + "/api/2.0/mlflow/" + name, json.dumps(body).encode(),
        {"Authorization": "Bearer " + os.environ["MLFLOW_TRACKING_TOKEN"], "Content-Type": "application/json"})
    return json.load(urllib.request.urlopen(request))
own = os.environ["MLFLOW_RUN_ID"]
experiment = os.environ["MLFLOW_EXPERIMENT_ID"]
now = lambda: int(time.time() * 1000)
child = call("runs/create", experiment_id=experiment, run_name="fold one", start_time=now(),
    tags=[{"key": "mlflow.parentRunId", "value": own}])["run"]["info"]["run_id"]
call("runs/log-metric", run_id=child, key="accuracy", value=0.75, timestamp=now(), step=1)
call("runs/update", run_id=child, status="FINISHED", end_time=now())
call("runs/log-metric", run_id=own, key="accuracy", value=0.5, timestamp=now(), step=1)
while not os.path.exists("go on"): time.sleep(0.05)
call("runs/log-metric", run_id=own, key="accuracy", value=0.625, timestamp=now(), step=2)
while not os.path.exists("end"): time.sleep(0.05)
`;

function row(window: Workbench, text: string | RegExp): Locator {
  return window.treeRows("Experiments").filter({ hasText: text }).first();
}

test("the tree follows a run: live metric, nested run, status bar, end", async () => {
  const window = await fixture.open();
  await writeFile(join(fixture.workspace, "nested.py"), nested);
  await window.openView("Cairn");
  await window.sideBar.getByText("Nothing has been recorded in this folder yet.").waitFor();
  expect(existsSync(join(fixture.workspace, ".cairn"))).toBe(false);

  await window.runCommand("Cairn: Run Command as a Tracked Run…");
  await window.enter("python3 nested.py");
  await row(window, "0.5 accuracy").waitFor({ timeout: 30_000 });
  await window.statusBar.getByText(/accuracy 0\.5 /).waitFor();
  await writeFile(join(fixture.workspace, "go on"), "");
  await row(window, "0.625 accuracy").waitFor({ timeout: 30_000 });

  await row(window, "0.625 accuracy").click();
  await window.page.keyboard.press("ArrowRight");
  await row(window, /fold one.*0\.75 accuracy/s).waitFor({ timeout: 30_000 });

  await writeFile(join(fixture.workspace, "end"), "");
  await row(window, /0\.625 accuracy · .* s/).waitFor({ timeout: 30_000 });
  await window.statusBar.getByText(/accuracy 0\.625/).waitFor({ state: "hidden" });
});

test("a run is stopped by the button in its row", async () => {
  const window = await fixture.open();
  await window.openView("Cairn");
  await window.runCommand("Cairn: Run Command as a Tracked Run…");
  await window.enter(`python3 -c "import time; time.sleep(600)"`);
  const running = window
    .treeRows("Experiments")
    .filter({ has: window.page.locator(".codicon-modifier-spin") });
  const live = running.filter({ hasNotText: "running" }).first();
  await live.hover({ timeout: 30_000 });
  await live.getByRole("button", { name: "Stop Run" }).click();
  await row(window, "stopped").waitFor({ timeout: 30_000 });
});

test("Show Health shows the engine that runs", async () => {
  const window = await fixture.open();
  await window.runCommand("Cairn: Show Health");
  const panel = await window.panelFrame("Cairn Health");
  await panel
    .getByText(/127\.0\.0\.1/)
    .first()
    .waitFor({ timeout: 30_000 });
});

test("Open Sample Project makes it and opens it", async () => {
  const window = await fixture.open();
  await window.runCommand("Cairn: Open Sample Project…");
  await expect.poll(() => decodeURIComponent(window.page.url()), { timeout: 60_000 }).toContain(sample);
  for (const name of ["cairn.yaml", "train.py", "data/readings.csv", ".git"]) {
    expect(existsSync(join(sample, name)), name).toBe(true);
  }
});
