// @vitest-environment node
import type { Page } from "playwright-core";
import { describe, expect, it } from "vitest";
import { eventually, requestsOf, withBrowser } from "./harness/withBrowser.ts";
import "./harness/fakeHost.types.ts";

const openAny = withBrowser();
const open = (artifact: string) =>
  openAny({ panel: "run", scenario: "normal", options: { tab: "artifacts", artifact } });

const grid = (page: Page) => page.getByRole("grid");

/** The numbers of the rows that are drawn, ascending. */
const numbers = (page: Page) =>
  page
    .locator("cairn-grid .grid-row .table-number")
    .allTextContents()
    .then((texts) => texts.map((text) => Number(text.replaceAll(",", ""))).sort((a, b) => a - b));

/** What stands in the row with a number. */
const rowOf = (page: Page, number: string) =>
  page
    .getByRole("row")
    .filter({ has: page.locator(".table-number", { hasText: new RegExp(`^${number}$`) }) })
    .getByRole("gridcell")
    .allTextContents()
    .then((texts) => texts.map((text) => text.trim()));

describe("a table among the files", () => {
  it("shows rows, columns and types, nothing and empty text told apart", async () => {
    const { page, complaints } = await open("predictions.csv");
    await page.getByText("3,000 rows × 5 columns · CSV").waitFor();
    await page.getByText('say "hi", 3', { exact: true }).waitFor();
    const head = page.getByRole("columnheader").filter({ hasText: "temperature" });
    expect(await head.textContent()).toMatch(/DOUBLE/);
    expect(await head.getAttribute("class")).toMatch(/right/);
    expect(await rowOf(page, "3")).toEqual(["3", "2", "cam-2", "null", "2", 'say "hi", 2']);
    expect(await rowOf(page, "4")).toEqual(["4", "3", "", "20.43", "0", 'say "hi", 3']);
    const nothing = page.locator(".table-null").first();
    expect(await nothing.evaluate((each) => getComputedStyle(each).fontStyle)).toBe("italic");
    expect(complaints).toEqual([]);
  });

  it("of ten million rows is gone through by scrollbar, wheel and keyboard to its last row", async () => {
    const { page, complaints } = await open("features.parquet");
    await page.getByText("10,000,000 rows × 70 columns · Parquet").waitFor();
    await eventually(async () => (await rowOf(page, "2"))[1]).toBe("1");
    await grid(page).evaluate((each) => {
      each.scrollTop = each.scrollHeight;
    });
    await eventually(async () => (await rowOf(page, "10,000,000"))[1]).toBe("9999999");
    expect((await numbers(page)).at(-1)).toBe(10_000_000);
    const box = await page.locator(".table-number", { hasText: "10,000,000" }).boundingBox();
    const frame = await grid(page).boundingBox();
    const end = (frame?.y ?? 0) + (frame?.height ?? 0);
    expect((box?.y ?? 0) + (box?.height ?? 0)).toBeLessThanOrEqual(end + 1);

    await grid(page).evaluate((each) => {
      each.scrollTop = each.scrollHeight / 2;
    });
    await eventually(async () => Math.abs(((await numbers(page))[20] ?? 0) - 5_000_000) < 1_000).toBe(true);
    const place = () => grid(page).evaluate((each) => each.scrollTop);
    const bar = await place();
    const before = (await numbers(page))[0] ?? 0;
    await grid(page).hover();
    await page.mouse.wheel(0, 220);
    await eventually(async () => (await numbers(page))[0]).toBe(before + 10);
    // The scrollbar, on which this is less than a pixel's worth, is put right afterwards; nothing moves by that.
    await eventually(async () => Math.abs((await place()) - bar) < 40).toBe(true);
    expect((await numbers(page))[0]).toBe(before + 10);

    await grid(page).focus();
    await page.keyboard.press("Control+End");
    await eventually(async () => (await numbers(page)).at(-1)).toBe(10_000_000);
    await page.keyboard.press("Control+Home");
    await eventually(async () => (await numbers(page))[0]).toBe(1);
    expect(complaints).toEqual([]);
  });

  it("is fetched in blocks, only where it is looked at", async () => {
    const { page } = await open("features.parquet");
    await eventually(async () => (await rowOf(page, "1"))[1]).toBe("0");
    await grid(page).evaluate(async (each) => {
      for (let i = 1; i <= 40; i++) {
        each.scrollTop = (each.scrollHeight / 40) * i;
        await new Promise(requestAnimationFrame);
      }
    });
    await eventually(async () => (await rowOf(page, "10,000,000"))[1]).toBe("9999999");
    const asked = (await requestsOf(page, "tableRows")) as {
      range: { rowCount: number; columnCount: number };
    }[];
    expect(asked.length).toBeLessThan(60);
    for (const { range } of asked) expect([range.rowCount, range.columnCount]).toEqual([128, 32]);
  });

  it("shows the columns further right", async () => {
    const { page } = await open("features.parquet");
    await eventually(async () => (await rowOf(page, "1"))[1]).toBe("0");
    await grid(page).focus();
    await page.keyboard.press("End");
    await page.getByRole("columnheader").filter({ hasText: "p63" }).waitFor();
    await eventually(async () => (await rowOf(page, "1")).at(-1)).toBe(String(69 % 17));
  });

  it("grows while its rows are counted", async () => {
    const { page } = await open("growing.jsonl");
    await page.getByText("rows so far × 1 column").waitFor();
    await page.getByText("5,000 rows × 1 column · JSON lines").waitFor();
    await grid(page).focus();
    await page.keyboard.press("Control+End");
    await eventually(async () => (await rowOf(page, "5,000"))[1]).toBe("4999");
  });

  it("that does not keep to its rules is shown, and says where", async () => {
    const { page } = await open("ragged.csv");
    await page.getByText("Failed to read ragged.csv, line 3: 1 field, not 2.").waitFor();
    await eventually(() => rowOf(page, "2")).toEqual(["2", "10", "null"]);
  });

  it("with nothing in it, or no rows, says so", async () => {
    const { page } = await open("nothing.csv");
    await page.getByText("This file has nothing in it.").waitFor();
    await page.getByRole("treeitem", { name: "headers.csv" }).click();
    await page.getByText("0 rows × 5 columns").waitFor();
    await page.getByRole("columnheader").filter({ hasText: "device" }).waitFor();
  });

  it("that is broken says why and is tried again; one that has changed is loaded again", async () => {
    const { page } = await open("cut.parquet");
    await page.getByText("cut.parquet has no end: it was cut off, or is still being written.").waitFor();
    await page.getByText("Try Again").click();
    await eventually(async () => (await requestsOf(page, "openTable")).length).toBe(2);
    await page.getByRole("treeitem", { name: "changed.csv" }).click();
    await page.getByText("changed.csv has changed since it was opened.").waitFor();
    const before = (await requestsOf(page, "tableRows")).length;
    expect(before).toBe(1);
    await page.locator(".banner").getByText("Load again").click();
    await eventually(async () => (await requestsOf(page, "tableRows")).length).toBe(2);
  });
});
