// @vitest-environment node
import type { Page } from "playwright-core";
import { describe, expect, it } from "vitest";
import { DEFAULT_CHARTS, type ChartSettings } from "../../src/shared/charts.ts";
import { eventually, requestsOf, withBrowser } from "./harness/withBrowser.ts";
import "./harness/fakeHost.types.ts";

interface Plot extends HTMLElement {
  data?: { mode: string; opacity?: number; x: ArrayLike<number>; y: ArrayLike<number> }[];
  layout?: {
    xaxis: { range: [number, number]; type: string };
    yaxis: { range: [number, number]; type: string };
  };
}

const open = withBrowser();
const selected = Array.from({ length: 3 }, (_, i) => `run${String(40 - i).padStart(29, "0")}`);

/** A panel with its charts drawn. */
async function opened(
  options: Record<string, unknown>,
  charts: Partial<ChartSettings> = {},
): Promise<{ page: Page; complaints: string[] }> {
  const state = { selected, split: 0.3, charts: { ...DEFAULT_CHARTS, ...charts } };
  const panel = await open({ panel: "runs", scenario: "normal", options: { state, ...options } });
  await eventually(() => panel.page.locator(".plot .scatterlayer").count()).toBeGreaterThan(3);
  return panel;
}

const plotOf = (page: Page, metric: string) =>
  page.evaluate((name) => {
    const chart = [...document.querySelectorAll("cairn-metric-chart")].find(
      (each) => (each as unknown as { metric: string }).metric === name,
    );
    const { data = [], layout } = chart?.querySelector<Plot>(".plot") ?? ({} as Plot);
    const [first] = data;
    return {
      traces: data.length,
      faint: data.filter(({ opacity }) => opacity !== undefined && opacity < 1).length,
      x: first ? Array.from(first.x) : [],
      range: layout?.xaxis.range ?? [0, 0],
      types: [layout?.xaxis.type, layout?.yaxis.type],
      high: layout?.yaxis.range[1] ?? 0,
    };
  }, metric);

/** Drags over a part of a chart's width, given in shares. */
async function drag(page: Page, metric: string, from: number, to: number): Promise<void> {
  const chart = page.locator("cairn-metric-chart", {
    has: page.locator(`[aria-label="Chart of ${metric}"]`),
  });
  const box = await chart.locator(".plot .nsewdrag").boundingBox();
  if (!box) throw new Error(`There is no chart of ${metric}.`);
  const y = box.y + box.height / 2;
  await page.mouse.move(box.x + from * box.width, y);
  await page.mouse.down();
  await page.mouse.move(box.x + ((from + to) / 2) * box.width, y, { steps: 3 });
  await page.mouse.move(box.x + to * box.width, y, { steps: 3 });
  await page.mouse.up();
}

const chartOf = (page: Page, metric: string) => page.locator(`[aria-label="Chart of ${metric}"]`);

const kept = async (page: Page): Promise<ChartSettings | undefined> =>
  (await requestsOf(page, "saveState")).map((params) => (params as { charts?: ChartSettings }).charts).at(-1);

describe("a zoom", () => {
  it("is shared by the charts, shows every one of 100,000 points, goes on growing, and is reset", async () => {
    const { page, complaints } = await opened({ points: 100_000 });
    for (const most of [30_000, 9_000, 2_700, 500]) {
      await drag(page, "loss", 0.44, 0.58);
      await eventually(async () => {
        const [low, high] = (await plotOf(page, "loss")).range;
        return high - low;
      }).toBeLessThan(most);
    }
    await eventually(async () => {
      const { range, x } = await plotOf(page, "loss");
      const inside = x.filter((each) => each >= range[0] && each <= range[1]);
      return inside.length > 0 && inside.length === Math.floor(range[1]) - Math.ceil(range[0]) + 1;
    }).toBe(true);
    const { range } = await plotOf(page, "loss");
    expect(range[0]).toBeGreaterThan(40_000);
    await eventually(async () => (await plotOf(page, "accuracy")).range).toEqual(range);
    await eventually(async () => {
      const asked = (await requestsOf(page, "curves")) as { steps?: { from: number; to: number } }[];
      return asked.some(({ steps }) => steps?.from === Math.floor(range[0]));
    }).toBe(true);

    await page.evaluate(
      ([runId, at]) => {
        const points = Float64Array.of(at ?? 0, Date.now(), 77);
        globalThis.cairnHost.notify("points", { series: [{ runId: String(runId), key: "loss", points }] });
      },
      [selected[0] ?? "", Math.ceil(range[0]) + 0.5] as [string, number],
    );
    await eventually(async () => (await plotOf(page, "loss")).high).toBeGreaterThan(77);
    expect((await plotOf(page, "loss")).range).toEqual(range);

    const box = await chartOf(page, "loss").locator(".nsewdrag").boundingBox();
    await page.mouse.dblclick((box?.x ?? 0) + 40, (box?.y ?? 0) + 40);
    await eventually(async () => (await plotOf(page, "loss")).range[1]).toBeGreaterThan(99_900);
    await eventually(async () => (await plotOf(page, "accuracy")).range[1]).toBeGreaterThan(99_900);
    expect(complaints).toEqual([]);
  });

  it("is of one chart alone where that is wished", async () => {
    const { page } = await opened({}, { syncZoom: false });
    await eventually(async () => (await plotOf(page, "accuracy")).range[1]).toBeGreaterThan(0);
    const before = (await plotOf(page, "accuracy")).range;
    await drag(page, "loss", 0.2, 0.6);
    await eventually(async () => (await plotOf(page, "loss")).range[0]).toBeGreaterThan(50);
    expect((await plotOf(page, "accuracy")).range).toEqual(before);
  });
});

describe("settings of charts", () => {
  it("smooth, change axes, and are kept", async () => {
    const { page, complaints } = await opened({});
    expect(await plotOf(page, "loss")).toMatchObject({ traces: 3, faint: 0, types: ["linear", "linear"] });
    await page.locator(".chart-smoothing input").first().fill("60");
    await eventually(async () => (await plotOf(page, "loss")).faint).toBe(3);
    await page.getByRole("button", { name: "Logarithmic vertical axis" }).click();
    await page.getByRole("button", { name: "Logarithmic horizontal axis" }).click();
    await eventually(async () => (await plotOf(page, "loss")).types).toEqual(["log", "log"]);
    await eventually(() => chartOf(page, "loss").locator(".codicon-info").getAttribute("title")).toContain(
      "≤ 0",
    );
    await page.getByLabel("Horizontal axis", { exact: true }).selectOption("wall");
    await eventually(async () => (await plotOf(page, "loss")).types).toEqual(["linear", "log"]);
    await eventually(async () => (await plotOf(page, "loss")).range[0]).toBeGreaterThan(1e12);
    await eventually(() => kept(page)).toMatchObject({ x: "wall", logX: true, logY: true });
    expect((await kept(page))?.smoothing).toBeGreaterThan(0.5);
    expect(complaints).toEqual([]);
  });

  it("show the first of 100,000 steps on a logarithmic axis", async () => {
    const { page } = await opened({ points: 100_000 }, { logX: true });
    await eventually(async () => (await plotOf(page, "loss")).x.slice(0, 9)).toEqual([
      1, 2, 3, 4, 5, 6, 7, 8, 9,
    ]);
    expect((await plotOf(page, "loss")).x.at(-1)).toBeGreaterThan(99_000);
  });

  it("leave out outliers, which are drawn beyond the edge", async () => {
    const { page } = await opened({ points: 2_000, peak: 42 });
    expect((await plotOf(page, "loss")).high).toBeGreaterThan(42);
    await page.getByRole("button", { name: /Leave the highest/ }).click();
    await eventually(async () => (await plotOf(page, "loss")).high).toBeLessThan(3);
  });

  it("pin, hide and close, and can be those of one chart", async () => {
    const { page, complaints } = await opened({});
    await chartOf(page, "val/loss").hover();
    await chartOf(page, "val/loss").getByRole("button", { name: "Pin val/loss to the top" }).click();
    await eventually(() => page.locator(".section-head").first().textContent()).toContain("Pinned");
    await chartOf(page, "train/lr").click({ button: "right" });
    await page.getByRole("menuitem", { name: "Hide" }).click();
    await eventually(() => chartOf(page, "train/lr").count()).toBe(0);
    await page.locator(".section-head", { hasText: "metrics" }).click();
    await eventually(() => chartOf(page, "accuracy").count()).toBe(0);
    await eventually(() => kept(page)).toMatchObject({
      pinned: ["val/loss"],
      hidden: ["train/lr"],
      toggled: [""],
    });
    await page.getByRole("button", { name: "Show 1 hidden" }).click();
    await eventually(() => chartOf(page, "train/lr").count()).toBe(1);

    await chartOf(page, "train/loss").focus();
    await page.keyboard.press("Enter");
    const dialog = page.locator("dialog.chart-dialog");
    await eventually(() => dialog.locator(".scatterlayer").count()).toBe(1);
    await dialog.getByRole("button", { name: "Logarithmic vertical axis" }).click();
    await eventually(() => kept(page)).toMatchObject({ logY: false, own: { "train/loss": { logY: true } } });
    await dialog.locator(".chart").focus();
    await page.keyboard.press("Escape");
    await eventually(() => dialog.count()).toBe(0);
    await eventually(async () => (await plotOf(page, "train/loss")).types[1]).toBe("log");
    expect((await plotOf(page, "val/loss")).types[1]).toBe("linear");
    expect(complaints).toEqual([]);
  });
});

describe("the crosshair", () => {
  it("stands at the same place in all charts, with values by size", async () => {
    const { page } = await opened({ points: 200 });
    const box = await chartOf(page, "loss").locator(".plot-box").boundingBox();
    await page.mouse.move((box?.x ?? 0) + 150, (box?.y ?? 0) + 80);
    const heads = page.locator(".readout:not([hidden]) .readout-head");
    await eventually(() => heads.count()).toBeGreaterThan(3);
    const texts = await heads.allTextContents();
    expect(new Set(texts).size).toBe(1);
    expect(texts[0]).toMatch(/^step \d/);
    const values = await chartOf(page, "loss")
      .locator(".readout-row:not([hidden]) .number")
      .allTextContents();
    expect(values).toHaveLength(3);
    expect(values.map(Number)).toEqual(values.map(Number).sort((a, b) => b - a));
    await page.mouse.move(5, 5);
    await eventually(() => heads.count()).toBe(0);
  });

  it("is moved by keys, and what it reads is said", async () => {
    const { page } = await opened({ points: 200 });
    const chart = chartOf(page, "loss");
    await chart.focus();
    await page.keyboard.press("Home");
    await page.keyboard.press("ArrowRight");
    await page.keyboard.press("ArrowRight");
    await eventually(() => page.locator("cairn-chart-grid [role=status].sr-only").textContent()).toMatch(
      /^step 2: .+ 0\.\d+|^step 2: .+ 1\.\d+/,
    );
    expect(await chart.getAttribute("aria-description")).toMatch(/last .+, smallest .+, largest /);
    await page.keyboard.press("Escape");
    await eventually(() => page.locator(".crosshair:not([hidden])").count()).toBe(0);
  });

  it("lets the run stand out that the pointer is over in the legend or the table", async () => {
    const { page } = await opened({});
    await page.locator(".legend-item").nth(1).hover();
    const first = chartOf(page, "loss").locator(".scatterlayer > .trace");
    await eventually(() =>
      first.evaluateAll((all) => all.map((trace) => trace.classList.contains("strong"))),
    ).toEqual([false, true, false]);
    await page.locator(".grid-row").nth(2).hover();
    await eventually(() =>
      first.evaluateAll((all) => all.map((trace) => trace.classList.contains("strong"))),
    ).toEqual([false, false, true]);
  });
});

describe("a chart that is saved", () => {
  async function saved(page: Page, item: string): Promise<{ name: string; bytes: Uint8Array }> {
    const before = (await requestsOf(page, "saveChart")).length;
    await chartOf(page, "loss").click({ button: "right" });
    await page.getByRole("menuitem", { name: item }).click();
    await eventually(async () => (await requestsOf(page, "saveChart")).length).toBe(before + 1);
    const { name, bytes } = await page.evaluate(() => {
      const request = globalThis.cairnHost.requests.filter(({ method }) => method === "saveChart").at(-1);
      const file = request?.params as { name: string; bytes: Uint8Array };
      return { name: file.name, bytes: Array.from(file.bytes) };
    });
    return { name, bytes: Uint8Array.from(bytes) };
  }

  it("is a picture in PNG and SVG, with its name, inside the policy", async () => {
    const { page, complaints } = await opened({});
    const png = await saved(page, "Save as PNG…");
    expect(png.name).toBe("loss.png");
    expect([...png.bytes.subarray(0, 8)]).toEqual([137, 80, 78, 71, 13, 10, 26, 10]);
    const view = new DataView(png.bytes.buffer);
    expect(view.getUint32(16)).toBeGreaterThan(1_200);
    const svg = await saved(page, "Save as SVG…");
    const text = new TextDecoder().decode(svg.bytes);
    expect(text).toMatch(/^<svg /);
    expect(text).toContain(">loss<");
    expect(text.match(/class="js-line"|js-line/g)?.length).toBeGreaterThanOrEqual(3);
    expect(complaints).toEqual([]);
  });

  it("is a table of the points shown, or of all", async () => {
    const { page } = await opened({ points: 5 });
    const { name, bytes } = await saved(page, "Save Shown Points as CSV…");
    const [head, ...rows] = new TextDecoder().decode(bytes).trim().split("\n");
    expect([name, head]).toEqual(["loss.csv", "run_id,run_name,step,timestamp_ms,value"]);
    expect(rows).toHaveLength(15);
    expect(rows[0]).toMatch(/^run0+40,[a-z-]+-40,0,\d{13},\d\.\d+$/);
    await chartOf(page, "loss").click({ button: "right" });
    await page.getByRole("menuitem", { name: "Save All Points as CSV…" }).click();
    await eventually(() => requestsOf(page, "savePoints")).toEqual([{ key: "loss", runIds: selected }]);
  });
});

describe("more runs than can be told apart", () => {
  it("are drawn in part, newest first or as the table is sorted, and the charts say so", async () => {
    const all = Array.from({ length: 35 }, (_, i) => `run${String(40 - i).padStart(29, "0")}`);
    const sort = { column: "name", descending: false };
    const { page } = await opened({ state: { selected: all, split: 0.3, charts: DEFAULT_CHARTS, sort } });
    await eventually(async () => (await plotOf(page, "loss")).traces).toBe(30);
    const note = page.locator(".legend-note");
    expect(await note.textContent()).toContain("newest 30 of 35");
    await note.getByRole("button").click();
    await eventually(() => note.textContent()).toContain("first 30 of 35");
    await eventually(async () => (await requestsOf(page, "metricNames")).length).toBe(2);
    await eventually(async () => (await plotOf(page, "loss")).traces).toBe(30);
  });
});
