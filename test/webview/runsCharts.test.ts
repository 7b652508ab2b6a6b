// @vitest-environment node
import type { Page } from "playwright-core";
import { describe, expect, it } from "vitest";
import { switchTheme } from "./harness/openPanel.ts";
import { eventually, requestsOf, withBrowser } from "./harness/withBrowser.ts";
import "./harness/fakeHost.types.ts";

interface Plot extends HTMLElement {
  data?: { name: string; mode: string; x: ArrayLike<number>; y: ArrayLike<number> }[];
}

const open = withBrowser();

const drawn = (page: Page, metric: string): Promise<{ traces: number; points: number; highest: number }> =>
  page.evaluate((name) => {
    const chart = [...document.querySelectorAll("cairn-metric-chart")].find(
      (each) => (each as unknown as { metric: string }).metric === name,
    );
    const data = (chart?.querySelector<Plot>(".plot")?.data ?? []).filter(({ mode }) => mode === "lines");
    const values = data.flatMap((trace) => Array.from(trace.y)).filter((value) => !Number.isNaN(value));
    const points = data.reduce((sum, trace) => sum + trace.x.length, 0);
    return { traces: data.length, points, highest: Math.max(...values) };
  }, metric);

const selected = Array.from({ length: 20 }, (_, i) => `run${String(40 - i).padStart(29, "0")}`);

describe("the charts", () => {
  it("draw every metric of the selected runs, decimated, with the peak, inside the policy", async () => {
    const { page, complaints } = await open({
      panel: "runs",
      scenario: "normal",
      options: { points: 2_000, peak: 42, state: { selected } },
    });
    await eventually(() => drawn(page, "loss")).toMatchObject({ traces: 20, highest: 42 });
    const { points } = await drawn(page, "loss");
    expect(points).toBeLessThanOrEqual(40_000);
    expect(await page.locator(".no-webgl").count()).toBe(0);
    expect(await page.locator("cairn-metric-chart").count()).toBe(6);
    expect(await page.locator(".section-head").allTextContents()).toHaveLength(3);
    const lines = await page.locator("cairn-metric-chart").first().locator(".scatterlayer .js-line").count();
    expect(lines).toBe(20);
    expect(complaints).toEqual([]);
  });

  it("come after the table, each in the place that it will have", async () => {
    let release = (): void => undefined;
    const held = new Promise<void>((resolve) => (release = resolve));
    const { page, complaints } = await open({
      ...{ panel: "runs", scenario: "normal", options: { points: 100 } },
      before: (name) => (name === "plotly.js" ? held : Promise.resolve()),
    });
    await page.locator("cairn-grid .grid-body [role=row]").nth(5).waitFor();
    await page.locator("cairn-metric-chart").first().waitFor();
    const boxes = () =>
      page.$$eval("cairn-metric-chart .plot-box", (all) =>
        all.map((each) => {
          const { x, y, width, height } = each.getBoundingClientRect();
          return { x, y, width, height };
        }),
      );
    const before = await boxes();
    expect(before.length).toBeGreaterThan(0);
    expect(await page.locator("cairn-metric-chart .js-line").count()).toBe(0);
    release();
    await eventually(async () => (await drawn(page, "loss")).points).toBe(100);
    expect(await boxes()).toEqual(before);
    expect(complaints).toEqual([]);
  });

  it("grow while a run trains, without asking for everything again", async () => {
    const { page, complaints } = await open({ panel: "runs", scenario: "normal", options: { points: 10 } });
    await eventually(async () => (await drawn(page, "loss")).points).toBe(10);
    for (let step = 10; step < 15; step++) {
      await page.evaluate((at) => {
        const runId = `run${String(40).padStart(29, "0")}`;
        const points = Float64Array.of(at, 1_000, at);
        globalThis.cairnHost.notify("points", { series: [{ runId, key: "loss", points }] });
      }, step);
      await eventually(() => drawn(page, "loss")).toMatchObject({ points: step + 1, highest: step });
    }
    await page.evaluate(() => {
      const runId = `run${String(40).padStart(29, "0")}`;
      globalThis.cairnHost.notify("points", {
        series: [{ runId, key: "new/metric", points: Float64Array.of(0, 1, 7) }],
      });
    });
    await page.$eval(".chart-scroll", (view) => {
      view.scrollTop = 400;
    });
    const fresh = page.locator("cairn-metric-chart", { hasText: "metric" });
    await eventually(() => fresh.locator(".single-value").textContent()).toBe("7");
    await page.evaluate(() => {
      const runId = `run${String(40).padStart(29, "0")}`;
      globalThis.cairnHost.notify("points", {
        series: [{ runId, key: "new/metric", points: Float64Array.of(1, 2, 9) }],
      });
    });
    await eventually(() => drawn(page, "new/metric")).toMatchObject({ traces: 1, points: 2, highest: 9 });
    expect(await requestsOf(page, "curves")).toHaveLength(1);
    expect(complaints).toEqual([]);
  });

  it("follow the selection and the theme", async () => {
    const { page, complaints } = await open({ panel: "runs", scenario: "normal" });
    await eventually(async () => (await drawn(page, "loss")).traces).toBe(1);
    await page.locator(".grid-row .grid-check").nth(1).click();
    await eventually(async () => (await drawn(page, "loss")).traces).toBe(2);
    const asked = await requestsOf(page, "curves");
    expect(asked.map((params) => (params as { runIds: string[] }).runIds)).toEqual([
      [selected[0]],
      [selected[1]],
    ]);
    const ink = (): Promise<string> =>
      page
        .locator(".plot .ytick text")
        .first()
        .evaluate((text) => getComputedStyle(text).fill);
    const before = await ink();
    await switchTheme(page, "contrast");
    await eventually(ink).toBe("rgb(255, 255, 255)");
    expect(before).not.toBe("rgb(255, 255, 255)");
    expect(complaints).toEqual([]);
  });

  it("draw only those in view", async () => {
    const { page } = await open({ panel: "runs", scenario: "normal", width: 700, height: 320 });
    await eventually(async () => (await drawn(page, "accuracy")).traces).toBe(1);
    expect((await drawn(page, "val/loss")).traces).toBe(0);
    await page.$eval(".chart-scroll", (view) => {
      view.scrollTop = view.scrollHeight;
    });
    await eventually(async () => (await drawn(page, "val/loss")).traces).toBe(1);
  });

  it("of 12,000 metrics are built near the view only, and their curves fetched only then", async () => {
    const { page, complaints } = await open({
      panel: "run",
      scenario: "normal",
      options: { metrics: 12_000, tab: "metrics" },
    });
    await eventually(async () => (await drawn(page, "layer/00000/norm")).traces).toBe(1);
    const asked = async (): Promise<number> =>
      (await requestsOf(page, "curves")).reduce<number>(
        (n, params) => n + (params as { keys: string[] }).keys.length,
        0,
      );
    expect(await asked()).toBeLessThan(40);
    await page.$eval(".chart-scroll", (view) => {
      view.scrollTop = view.scrollHeight;
    });
    await eventually(async () => (await drawn(page, "layer/11999/norm")).traces).toBe(1);
    expect(await asked()).toBeLessThan(80);
    expect(await page.locator("cairn-metric-chart").count()).toBeLessThan(40);
    await page.fill(".chart-bar .search-field", "06001");
    await eventually(async () => (await drawn(page, "layer/06001/norm")).traces).toBe(1);
    expect(await page.locator("cairn-metric-chart").count()).toBe(1);
    expect(complaints).toEqual([]);
  });

  it("of metrics that were logged once are bars", async () => {
    const { page, complaints } = await open({
      panel: "runs",
      scenario: "normal",
      options: { single: ["test/f1"], state: { selected: selected.slice(0, 3) } },
    });
    const chart = page.locator(".chart-section", { hasText: "test" }).locator("cairn-metric-chart");
    await eventually(() => chart.locator(".bar-row").count()).toBe(3);
    expect(await page.locator(".plot-container").count()).toBeGreaterThan(0);
    expect(complaints).toEqual([]);
  });
});
