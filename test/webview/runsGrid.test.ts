// @vitest-environment node
import type { Page } from "playwright-core";
import { describe, expect, it } from "vitest";
import { eventually, requestsOf, withBrowser } from "./harness/withBrowser.ts";
import "./harness/fakeHost.types.ts";

const open = withBrowser();

const names = (page: Page): Promise<string[]> =>
  page.$$eval(".grid-row", (rows) =>
    rows
      .map((row) => ({
        top: row.getBoundingClientRect().top,
        name: row.querySelector(".col-2 .clip")?.textContent.trim() ?? "",
      }))
      .sort((a, b) => a.top - b.top)
      .map(({ name }) => name),
  );

/** Share of the grid's body, from header to lower edge, that is covered by a row with text in it; one probe a row. */
const coverage = (page: Page): Promise<number> =>
  page.$eval("cairn-grid", (grid) => {
    const box = grid.getBoundingClientRect();
    let hits = 0;
    let probes = 0;
    for (let y = box.top + 48; y < box.bottom - 12; y += 22) {
      for (const x of [box.left + 120, box.left + 300, box.right - 60]) {
        probes++;
        if (document.elementFromPoint(x, y)?.closest(".grid-row")) hits++;
      }
    }
    return hits / probes;
  });

describe("the table of 10,000 runs and 200 columns", () => {
  it("has no blank rows wherever it is scrolled to", async () => {
    const { page, complaints } = await open({
      panel: "runs",
      scenario: "normal",
      options: { runs: 10_000, columns: 200, state: { split: 0.7 } },
    });
    await page.waitForSelector(".grid-row");
    for (const share of [0, 0.013, 0.25, 0.5, 0.501, 0.99, 1]) {
      await page.$eval(
        "cairn-grid",
        async (grid, at) => {
          grid.scrollTop = at * grid.scrollHeight;
          grid.scrollLeft = at * grid.scrollWidth;
          await new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)));
        },
        share,
      );
      expect(await coverage(page)).toBe(1);
      expect(await page.$$eval(".grid-row", (rows) => rows.length)).toBeLessThan(90);
    }
    expect(await page.getAttribute("cairn-grid", "aria-rowcount")).toBe("10001");
    expect(complaints).toEqual([]);
  });
});

describe("the table", () => {
  it("sorts by a header, the other way with a second click, and keeps it", async () => {
    const { page } = await open({ panel: "runs", scenario: "normal" });
    const header = page.locator("[role=columnheader]", { hasText: "Run" }).first();
    await header.click();
    await eventually(() => header.getAttribute("aria-sort")).toBe("ascending");
    const up = await names(page);
    expect(up).toEqual([...up].sort((a, b) => a.localeCompare(b, undefined, { numeric: true })));
    await header.click();
    await eventually(() => header.getAttribute("aria-sort")).toBe("descending");
    await eventually(async () => (await requestsOf(page, "saveState")).at(-1)).toMatchObject({
      sort: { column: "name", descending: true },
    });
  });

  it("filters by any word of name, parameter, user and status, and says how many are left", async () => {
    const { page } = await open({ panel: "runs", scenario: "normal" });
    await page.fill("input[aria-label='Filter runs']", "failed model=mlp");
    await eventually(() => page.textContent(".counts")).toMatch(/^\s*[1-9]\d? of 40 runs/);
    await eventually(() => page.locator(".grid-row .status-finished").count()).toBe(0);
    await page.fill("input[aria-label='Filter runs']", "no such run");
    await page.getByText("No run matches").waitFor();
    await page.getByText("Clear Filter").click();
    await eventually(() => page.textContent(".counts")).toMatch(/^\s*40 runs/);
  });

  it("is worked by keyboard alone", async () => {
    const { page } = await open({ panel: "runs", scenario: "normal" });
    await page.focus("cairn-grid");
    await page.keyboard.press("ArrowDown");
    await page.keyboard.press("Space");
    await eventually(() => page.locator(".grid-row[aria-selected=true]").count()).toBe(2);
    await page.keyboard.press("Shift+ArrowDown");
    await page.keyboard.press("Shift+ArrowDown");
    await eventually(() => page.locator(".grid-row[aria-selected=true]").count()).toBe(3);
    await page.keyboard.press("Control+a");
    await eventually(() => page.textContent(".counts")).toContain("40 selected");
    await page.keyboard.press("Control+End");
    const last = await page.getAttribute("cairn-grid", "aria-activedescendant");
    await page.locator(`[id="${last ?? ""}"]`).waitFor({ state: "visible" });
    await page.keyboard.press("Enter");
    await eventually(() => requestsOf(page, "openRun")).toHaveLength(1);
    await page.keyboard.press("Shift+F10");
    await page.locator("[role=menu] [role=menuitem]").first().waitFor();
    await page.keyboard.press("Escape");
    await eventually(() => page.locator("[role=menu]").count()).toBe(0);
  });

  it("resizes a column by keyboard and by dragging", async () => {
    const { page } = await open({ panel: "runs", scenario: "normal" });
    const header = page.locator("[role=columnheader]", { hasText: "Run" }).first();
    const width = async (): Promise<number> => (await header.boundingBox())?.width ?? 0;
    await header.waitFor();
    const before = await width();
    await page.focus("cairn-grid");
    await page.keyboard.press("ArrowUp");
    await page.keyboard.press("Alt+ArrowRight");
    await eventually(width).toBe(before + 16);
    const box = await header.boundingBox();
    if (!box) throw new Error("The header is not drawn.");
    await page.mouse.move(box.x + box.width - 3, box.y + 18);
    await page.mouse.down();
    await page.mouse.move(box.x + box.width + 47, box.y + 18, { steps: 4 });
    await page.mouse.up();
    await eventually(width).toBe(before + 66);
    await eventually(() => header.getAttribute("aria-sort")).toBe("none");
  });

  it("follows new runs and changed rows", async () => {
    const { page } = await open({ panel: "runs", scenario: "normal" });
    await page.waitForSelector(".grid-row");
    await page.evaluate(() => {
      const { makeTable, dataOf } = globalThis.cairnMake;
      globalThis.cairnHost.notify("table", dataOf(makeTable(41)));
    });
    await eventually(() => page.textContent(".counts")).toMatch(/^\s*41 runs/);
    await eventually(async () => (await names(page))[0]).toMatch(/-41$/);
  });
});
