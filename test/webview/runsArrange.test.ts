// @vitest-environment node
import type { Page } from "playwright-core";
import { describe, expect, it } from "vitest";
import { DEFAULT_LAYOUT, type RunsPanelState, type TableLayout } from "../../src/shared/runs/api.ts";
import { eventually, requestsOf, withBrowser } from "./harness/withBrowser.ts";
import "./harness/fakeHost.types.ts";

const open = withBrowser();
const openRuns = (state: Partial<RunsPanelState> = {}, options: Record<string, unknown> = {}) =>
  open({ panel: "runs", scenario: "normal", options: { state: { split: 0.8, ...state }, ...options } });

const titles = (page: Page): Promise<string[]> =>
  page.$$eval("cairn-grid [role=columnheader]", (cells) =>
    cells
      .map((cell) => ({ left: cell.getBoundingClientRect().left, title: cell.getAttribute("title") ?? "" }))
      .sort((a, b) => a.left - b.left)
      .map(({ title }) => title.split("\n")[0] ?? ""),
  );

const layoutOf = async (page: Page): Promise<TableLayout | undefined> =>
  ((await requestsOf(page, "saveState")).at(-1) as RunsPanelState | undefined)?.layout;

const header = (page: Page, title: string) =>
  page.locator(`cairn-grid [role=columnheader][title^="${title}"]`);

describe("the columns", () => {
  it("of 12,000 metrics: 30 are shown, the picker finds any other, and all can be shown at once", async () => {
    const { page, complaints } = await openRuns({}, { runs: 50, columns: 12_000 });
    await page.waitForSelector(".grid-row");
    expect(Number(await page.getAttribute("cairn-grid", "aria-colcount"))).toBeLessThan(60);
    await page.click("[aria-label='Choose columns']");
    const field = page.locator("cairn-picker input");
    await eventually(() => field.evaluate((input) => input === document.activeElement)).toBe(true);
    expect(await page.locator(".picker-line").count()).toBeLessThan(60);
    await field.fill("layer/9876");
    await eventually(() => page.locator(".picker-line").count()).toBe(2);
    await page.keyboard.press("ArrowDown");
    await page.keyboard.press("Enter");
    await eventually(() => page.locator(".picker-line").nth(1).getAttribute("aria-checked")).toBe("true");
    await eventually(async () => (await layoutOf(page))?.shown).toEqual(["metric:layer/9876/norm"]);
    await field.fill("layer");
    await page.locator(".picker-line.section").first().click();
    await eventually(() => page.getAttribute("cairn-grid", "aria-colcount").then(Number)).toBeGreaterThan(
      12_000,
    );
    await page.keyboard.press("Escape");
    await eventually(() => page.locator("dialog").count()).toBe(0);
    expect(await page.locator("cairn-grid .grid-cell").count()).toBeLessThan(2_500);
    await page.$eval("cairn-grid", (grid) => {
      grid.scrollLeft = grid.scrollWidth;
    });
    await eventually(async () => (await titles(page)).at(-1)).toBe("Source");
    expect(complaints).toEqual([]);
  });

  it("are dragged by their headers, and the place is kept", async () => {
    const { page } = await openRuns();
    await page.waitForSelector(".grid-row");
    const from = await header(page, "Duration").boundingBox();
    const to = await header(page, "metric: loss").boundingBox();
    if (!from || !to) throw new Error("The headers are not drawn.");
    await page.mouse.move(from.x + 20, from.y + 20);
    await page.mouse.down();
    await page.mouse.move(to.x + to.width - 10, to.y + 20, { steps: 5 });
    await page.locator(".grid-drop").waitFor();
    await page.mouse.up();
    await eventually(() => titles(page).then((all) => all.slice(3, 7))).toEqual([
      "Started",
      "metric: accuracy",
      "metric: loss",
      "Duration",
    ]);
    expect(await header(page, "Duration").getAttribute("aria-sort")).toBe("none");
    await eventually(async () => (await layoutOf(page))?.order.slice(3, 7)).toEqual([
      "start",
      "metric:accuracy",
      "metric:loss",
      "duration",
    ]);
    await eventually(() => page.locator(".grid-drop").count()).toBe(0);
  });

  it("are moved, pinned and hidden by keyboard", async () => {
    const { page } = await openRuns();
    await page.waitForSelector(".grid-row");
    await page.focus("cairn-grid");
    await page.keyboard.press("ArrowUp");
    for (let i = 0; i < 3; i++) await page.keyboard.press("ArrowRight");
    await page.keyboard.press("Alt+Shift+ArrowLeft");
    await eventually(() => titles(page).then((all) => all.slice(3, 6))).toEqual([
      "Started",
      "metric: accuracy",
      "Duration",
    ]);
    await page.keyboard.press("Shift+F10");
    await page.getByRole("menuitemcheckbox", { name: "Pin Column" }).press("Enter");
    await eventually(async () => (await layoutOf(page))?.pinned).toEqual(["star", "name", "metric:accuracy"]);
    await eventually(() => titles(page).then((all) => all.slice(1, 4))).toEqual([
      "Star",
      "Run",
      "metric: accuracy",
    ]);
    await header(page, "Started").click({ button: "right" });
    await page.getByRole("menuitem", { name: "Hide Column" }).click();
    await eventually(() => titles(page)).not.toContain("Started");
  });

  it("stand as they were kept", async () => {
    const layout = {
      ...DEFAULT_LAYOUT,
      ...{ hidden: ["start", "duration"], shown: ["status"], widths: { name: 333 }, pinned: ["name"] },
    };
    const { page } = await openRuns({ layout });
    await page.waitForSelector(".grid-row");
    expect((await titles(page)).slice(1, 4)).toEqual(["Run", "Star", "Status"]);
    expect((await header(page, "Run").boundingBox())?.width).toBe(333);
    await header(page, "Run").click({ button: "right" });
    await page.getByRole("menuitem", { name: "Reset Columns" }).click();
    await eventually(async () => (await header(page, "Run").boundingBox())?.width).toBe(200);
    expect(await titles(page)).toContain("Started");
  });
});

describe("groups of runs", () => {
  it("are chosen, opened and closed by keyboard, and told to a screen reader", async () => {
    const { page, complaints } = await openRuns();
    await page.waitForSelector(".grid-row");
    await page.click("[aria-label='Group runs']");
    await page.locator("cairn-picker input").fill("model");
    await page.keyboard.press("ArrowDown");
    await page.keyboard.press("Enter");
    await page.keyboard.press("Escape");
    await eventually(() => page.locator(".grid-row.group").count()).toBe(2);
    expect(await page.getAttribute("cairn-grid", "role")).toBe("treegrid");
    const first = page.locator(".grid-row[aria-rowindex='2']");
    expect(await first.getAttribute("aria-expanded")).toBe("false");
    expect(await first.textContent()).toMatch(/gradient-boosting[\s\S]*± 0\.\d\d/);
    await eventually(() => page.$eval("cairn-grid", (grid) => grid === document.activeElement)).toBe(true);
    await page.keyboard.press("Control+Home");
    await page.keyboard.press("ArrowRight");
    await page.keyboard.press("ArrowRight");
    await page.keyboard.press("ArrowRight");
    await eventually(() => first.getAttribute("aria-expanded")).toBe("true");
    const second = page.locator(".grid-row[aria-rowindex='3']");
    expect(await second.getAttribute("aria-level")).toBe("2");
    await page.keyboard.press("ArrowLeft");
    await eventually(() => first.getAttribute("aria-expanded")).toBe("false");
    await page.keyboard.press("Enter");
    await eventually(() => first.getAttribute("aria-expanded")).toBe("true");
    await page.keyboard.press("Space");
    await eventually(() => first.getAttribute("aria-selected")).toBe("true");
    await eventually(() => second.getAttribute("aria-selected")).toBe("true");
    expect(complaints).toEqual([]);
  });

  it("say in the header what their numbers are, and are kept", async () => {
    const layout = { ...DEFAULT_LAYOUT, groupBy: ["param:model", "tag:dataset"] };
    const { page } = await openRuns({ layout });
    await page.waitForSelector(".grid-row.group");
    expect(await page.textContent("[aria-label='Group runs']")).toContain("model › dataset");
    expect(await header(page, "metric: accuracy").getAttribute("title")).toContain(
      "sample standard deviation",
    );
    await page.locator(".grid-row.group").first().locator(".col-2").click();
    await eventually(() => page.locator(".grid-row[aria-level='2']").count()).toBeGreaterThan(1);
    await eventually(async () => (await layoutOf(page))?.toggled).toEqual([
      "group\nparam:model=gradient-boosting",
    ]);
  });
});

describe("the filter", () => {
  it("asks the engine for what MLflow's grammar says, and shows under the field what is wrong", async () => {
    const { page } = await openRuns();
    await page.waitForSelector(".grid-row");
    const field = page.locator("input[aria-label='Filter runs']");
    await field.fill("metrics.accuracy > 0.5");
    await eventually(() => page.textContent(".filter-mode")).toContain("Query");
    await eventually(() => page.textContent(".counts")).toMatch(/^\s*\d+ of 40 runs/);
    const found = await page.textContent(".counts");
    await field.fill("metrics.accuracy >> 0.5");
    await eventually(() => page.textContent(".filter-error")).toContain("Invalid clause");
    expect(await field.getAttribute("aria-invalid")).toBe("true");
    expect(await page.textContent(".counts")).toBe(found);
    await field.fill("otter");
    await eventually(() => page.textContent(".filter-mode")).toContain("Text");
    await eventually(() => page.locator(".filter-error").count()).toBe(0);
    const searches = (await requestsOf(page, "search")) as { filter: string }[];
    expect(searches.map(({ filter }) => filter)).toEqual([
      "metrics.accuracy > 0.5",
      "metrics.accuracy >> 0.5",
    ]);
  });
});

describe("of very many runs", () => {
  it("a filter finds those that are not listed, with their values; the panel says what words are looked for in", async () => {
    const { page } = await openRuns({}, { runs: 20_000, older: 12 });
    await page.waitForSelector(".grid-row");
    expect(await page.textContent(".part-note")).toContain(
      "The newest 20,000 runs are listed, sorted and searched",
    );
    const field = page.locator("input[aria-label='Filter runs']");
    await field.fill("metrics.accuracy > 0.5");
    await eventually(() => page.textContent(".counts")).toMatch(/of 20,0(0[1-9]|1[0-2])\+ runs/);
    expect(await page.locator(".part-note").count()).toBe(0);
    await field.fill("otter");
    await eventually(() => page.locator(".part-note").count()).toBe(1);
    await eventually(() => page.textContent(".counts")).toMatch(/of 20,000\+ runs/);
  });
});

describe("selected runs", () => {
  const select = async (page: Page, ...rows: number[]): Promise<void> => {
    for (const [i, row] of rows.entries()) {
      const cell = page.locator(`.grid-row[aria-rowindex='${row + 2}'] .col-2`);
      await cell.click(i === 0 ? {} : { modifiers: ["ControlOrMeta"] });
    }
  };
  const runId = (n: number): string => `run${String(n).padStart(29, "0")}`;

  it("are starred by a click on the star and by key", async () => {
    const { page } = await openRuns();
    await page.waitForSelector(".grid-row");
    const star = page.locator(".grid-row[aria-rowindex='5'] .star");
    expect(await star.getAttribute("aria-pressed")).toBe("true");
    await star.click();
    await eventually(() => requestsOf(page, "setTags")).toEqual([
      { runIds: [runId(37)], set: [], remove: ["cairn.star"] },
    ]);
    await select(page, 0, 1);
    await page.keyboard.press("s");
    await eventually(async () => (await requestsOf(page, "setTags")).at(-1)).toEqual({
      ...{ runIds: [runId(40), runId(39)], set: [{ key: "cairn.star", value: "true" }], remove: [] },
    });
  });

  it("are renamed, tagged, deleted and run again by menu and key; what cannot be done is disabled", async () => {
    const { page } = await openRuns();
    await page.waitForSelector(".grid-row");
    await select(page, 1);
    await page.keyboard.press("F2");
    await page.keyboard.press("t");
    await select(page, 0, 1, 2);
    await page.keyboard.press("Delete");
    await page.locator(".grid-row[aria-rowindex='3'] .col-2").click({ button: "right" });
    expect(await page.getByRole("menuitem", { name: "Rename…" }).isDisabled()).toBe(true);
    expect(await page.getByRole("menuitem", { name: "Run Again", exact: true }).isDisabled()).toBe(true);
    await page.getByRole("menuitem", { name: "Stop Runs" }).click();
    await eventually(() => requestsOf(page, "act")).toEqual([
      { action: "rename", runIds: [runId(39)] },
      { action: "editTags", runIds: [runId(39)] },
      { action: "delete", runIds: [runId(39), runId(38)] },
      { action: "stop", runIds: [runId(40)] },
    ]);
  });

  it("leave alone what a key is not for: the row that the keyboard is at counts", async () => {
    const { page } = await openRuns();
    await page.waitForSelector(".grid-row");
    await select(page, 1, 2);
    for (let i = 0; i < 3; i++) await page.keyboard.press("ArrowDown");
    await page.keyboard.press("Delete");
    await eventually(() => requestsOf(page, "act")).toEqual([{ action: "delete", runIds: [runId(35)] }]);
  });

  it("have notes of several lines, edited in the panel", async () => {
    const { page } = await openRuns();
    await page.waitForSelector(".grid-row");
    await select(page, 1);
    await page.keyboard.press("n");
    const field = page.locator("textarea");
    await eventually(() => field.inputValue()).toBe("The first line.\nThe second line.");
    await eventually(() => field.evaluate((area) => area === document.activeElement)).toBe(true);
    await page.keyboard.press("Control+End");
    await page.keyboard.type("\nThe third.");
    await page.keyboard.press("Control+Enter");
    await eventually(() => requestsOf(page, "setTags")).toEqual([
      {
        runIds: [runId(39)],
        set: [{ key: "mlflow.note.content", value: "The first line.\nThe second line.\nThe third." }],
        remove: [],
      },
    ]);
    await eventually(() => page.locator("dialog").count()).toBe(0);
    await eventually(() => page.$eval("cairn-grid", (grid) => grid === document.activeElement)).toBe(true);
  });

  it("say when a note cannot be read, and try again", async () => {
    const { page } = await open({ panel: "runs", scenario: "lost" });
    await page.waitForSelector(".grid-row");
    await select(page, 1);
    await page.keyboard.press("n");
    await page.getByText("The engine does not answer.").waitFor();
    await eventually(() => page.locator("dialog").count()).toBe(0);
    await page.getByText("Try Again").click();
    await eventually(() => requestsOf(page, "details")).toHaveLength(2);
  });

  it("get a colour from the palette", async () => {
    const { page } = await openRuns();
    await page.waitForSelector(".grid-row");
    await page.locator(".grid-row[aria-rowindex='3'] .col-2").click({ button: "right" });
    await page.getByRole("menuitem", { name: "Colour…" }).click();
    await page.getByRole("radio", { name: "Colour 3" }).click();
    await eventually(() => requestsOf(page, "setColor")).toEqual([{ runId: runId(39), place: 2 }]);
    await eventually(() => page.locator("dialog").count()).toBe(0);
  });

  it("are compared side by side, all rows or only those that differ", async () => {
    const { page, complaints } = await openRuns({ split: 0.4 });
    await page.waitForSelector(".grid-row");
    await select(page, 1, 2, 3);
    await page.locator("[aria-label='Compare selected runs']").click();
    const grid = page.locator(".compare cairn-grid");
    await eventually(() => grid.getAttribute("aria-colcount")).toBe("4");
    const differing = Number(await grid.getAttribute("aria-rowcount"));
    await page.getByLabel("Only differences").uncheck();
    await eventually(() => grid.getAttribute("aria-rowcount").then(Number)).toBeGreaterThan(differing);
    await eventually(async () => (await requestsOf(page, "saveState")).at(-1)).toMatchObject({
      ...{ side: "compare", compareDiffering: false },
    });
    await page.locator("[aria-label='Back to charts']").click();
    await eventually(() => page.locator(".compare").count()).toBe(0);
    expect(complaints).toEqual([]);
  });

  it("are copied as a table, and the whole table is exported", async () => {
    const { page } = await openRuns();
    await page.waitForSelector(".grid-row");
    await select(page, 1, 2);
    await page.keyboard.press("Control+c");
    await eventually(async () => (await requestsOf(page, "copyText")).at(0)).toMatchObject({
      text: expect.stringMatching(/^\| Run \| Started \|[\s\S]+-39 \|[\s\S]+-38 \|[^\n]+$/) as unknown,
    });
    await page.click("[aria-label='More actions']");
    await page.getByRole("menuitem", { name: "Export Table as CSV…" }).click();
    await eventually(() => requestsOf(page, "saveText")).toHaveLength(1);
    const [saved] = (await requestsOf(page, "saveText")) as { name: string; text: string }[];
    expect(saved?.name).toBe("turbines.csv");
    expect(saved?.text.trimEnd().split("\r\n")).toHaveLength(41);
  });
});
