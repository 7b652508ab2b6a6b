// @vitest-environment node
import { describe, expect, it } from "vitest";
import { eventually, requestsOf, withBrowser } from "./harness/withBrowser.ts";
import "./harness/fakeHost.types.ts";

const open = withBrowser();

describe("the run panel", () => {
  it("goes through its tabs by keyboard and remembers the one it is on", async () => {
    const { page, complaints } = await open({ panel: "run", scenario: "normal" });
    await page.getByRole("tab", { name: "Overview" }).focus();
    for (const key of ["ArrowRight", "ArrowRight"]) await page.keyboard.press(key);
    await page.locator("cairn-metric-chart .js-line").first().waitFor();
    await page.keyboard.press("End");
    await page.getByText("CPython 3.12.7").waitFor();
    await page.keyboard.press("ArrowRight");
    await page.getByText("Add a tag").waitFor();
    await page.keyboard.press("ArrowLeft");
    await eventually(async () => (await requestsOf(page, "saveState")).at(-1)).toMatchObject({
      tab: "environment",
    });
    expect(complaints).toEqual([]);
  });

  it("shows parameters, metrics with their range, data and ids to copy", async () => {
    const { page } = await open({ panel: "run", scenario: "normal" });
    await page.getByText("learning_rate").waitFor();
    await eventually(() =>
      page.locator(".facts tbody tr").first().locator("td").nth(3).textContent(),
    ).not.toBe("");
    await page.getByText("a1b2c3d4").waitFor();
    await page.getByLabel("Copy Run ID").click();
    await eventually(() => requestsOf(page, "copyText")).toHaveLength(1);
    await page.locator("vscode-button", { hasText: "Stop" }).click();
    await eventually(() => requestsOf(page, "stop")).toHaveLength(1);
  });

  it("leads to the runs around it, its data and its models, and starts it again", async () => {
    const { page } = await open({ panel: "run", scenario: "normal" });
    await page.getByRole("button", { name: "nightly sweep" }).click();
    await page.getByRole("button", { name: "fold 1" }).click();
    await eventually(() => requestsOf(page, "openRun")).toEqual([{ runId: "parent1" }, { runId: "child1" }]);
    await page.getByRole("button", { name: "Open data/readings.csv" }).click();
    await eventually(() => requestsOf(page, "openData")).toEqual([{ source: "data/readings.csv" }]);
    await page.getByRole("button", { name: "gearbox-classifier" }).click();
    await eventually(() => requestsOf(page, "openModel")).toEqual([{ modelId: "m-5f2a" }]);
    await page.getByText("Run Again", { exact: true }).click();
    await page.locator("vscode-button", { hasText: "with Changes" }).click();
    await eventually(() => requestsOf(page, "runAgain")).toEqual([{ changes: false }, { changes: true }]);
  });

  it("says of each input whether it is still what the run read, and leads to its versions", async () => {
    const { page, complaints } = await open({ panel: "run", scenario: "normal" });
    const input = (name: string) => page.locator("cairn-run-inputs .pair", { hasText: name });
    await input("turbines.parquet").getByText("changed since this run").waitFor();
    await input("sites.csv").getByText("unchanged").waitFor();
    await input("images").getByText("not there any more").waitFor();
    expect(await input("readings").getByText("changed").count()).toBe(0);
    await input("turbines.parquet").getByRole("button", { name: "version 1 of" }).first().click();
    await input("turbines.parquet").getByRole("button", { name: "Show version 2 of" }).click();
    await eventually(() => requestsOf(page, "revealData")).toEqual([
      { path: "data/turbines.parquet", version: 1 },
      { path: "data/turbines.parquet", version: 2 },
    ]);
    await input("turbines.parquet")
      .getByRole("button", { name: "Open data/turbines.parquet at version 1" })
      .focus();
    await page.keyboard.press("Enter");
    await eventually(() => requestsOf(page, "openDataVersion")).toEqual([
      { path: "data/turbines.parquet", version: 1 },
    ]);
    expect(complaints).toEqual([]);
  });

  it("is renamed, starred, noted and tagged by keyboard", async () => {
    const { page, complaints } = await open({ panel: "run", scenario: "normal" });
    const press = async (name: string) => {
      await page.getByRole("button", { name, exact: true }).focus();
      await page.keyboard.press("Enter");
    };
    await press("Rename");
    await page.locator(".run-rename:focus").waitFor();
    await page.getByLabel("Name of the run").fill("  best of <all> ");
    await page.keyboard.press("Enter");
    await press("Star");
    await press("Edit the note");
    await page.getByLabel("Note").fill("Second try.\nBetter.");
    await page.keyboard.press("Control+Enter");
    await press("Add a tag");
    await page.locator(".tag-key:focus").waitFor();
    await page.keyboard.type("owner");
    await page.keyboard.press("Tab");
    await page.keyboard.type("mira");
    await page.keyboard.press("Enter");
    await press("Remove tag team");
    const set = (key: string, value: string) => ({ set: [{ key, value }], remove: [] });
    await eventually(() => requestsOf(page, "tags")).toEqual([
      set("mlflow.runName", "best of <all>"),
      set("cairn.star", "true"),
      set("mlflow.note.content", "Second try.\nBetter."),
      set("owner", "mira"),
      { set: [], remove: ["team"] },
    ]);
    await press("Rename");
    await page.keyboard.press("Escape");
    await page.getByRole("heading", { name: "calm-plover-1" }).waitFor();
    expect(complaints).toEqual([]);
  });

  it("finds a parameter by name or value, opens a long one, copies all as JSON", async () => {
    const { page } = await open({ panel: "run", scenario: "normal", options: { tab: "parameters" } });
    const layers = page.locator(".parameter", { hasText: "layers" }).locator(".value");
    await eventually(async () => (await layers.textContent())?.length).toBe(201);
    await page.getByLabel("Show all of layers").click();
    await eventually(async () => (await layers.textContent())?.length).toBe(600);
    await page.getByLabel("Filter parameters").fill("boosting");
    await eventually(() => page.locator(".parameter").count()).toBe(1);
    await page.getByText("1 of 5").waitFor();
    await page.getByLabel("Copy these parameters as JSON").click();
    await eventually(() => requestsOf(page, "copyText")).toEqual([
      { text: '{\n  "model": "gradient-boosting"\n}' },
    ]);
  });

  it("keeps the machine's metrics to the tab of their own", async () => {
    const { page } = await open({ panel: "run", scenario: "normal", options: { tab: "system" } });
    await page.locator("cairn-metric-chart").first().waitFor();
    expect(await page.locator("cairn-metric-chart").count()).toBe(1);
    await page.getByText("cpu_utilization_percentage").first().waitFor();
    await page.getByRole("tab", { name: "Overview" }).click();
    await page.locator(".facts").waitFor();
    expect(await page.locator(".facts").innerText()).not.toContain("system/");
  });

  it("says of a run that was started elsewhere why there is nothing", async () => {
    const { page, complaints } = await open({ panel: "run", scenario: "bare" });
    const texts: [tab: string, text: string][] = [
      ["Parameters", "No parameters"],
      ["Metrics", "No metrics yet"],
      ["System", "No system metrics"],
      ["Console", "This one was started elsewhere"],
      ["Artifacts", "No artifacts"],
      ["Code", "Only runs that Cairn starts"],
      ["Environment", "Only runs that Cairn starts"],
    ];
    for (const [tab, text] of texts) {
      await page.getByRole("tab", { name: tab }).click();
      await page.getByText(text).waitFor();
    }
    expect(await page.getByText("Run Again").count()).toBe(0);
    expect(complaints).toEqual([]);
  });
});
