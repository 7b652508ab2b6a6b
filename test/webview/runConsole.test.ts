// @vitest-environment node
import { describe, expect, it } from "vitest";
import { eventually, requestsOf, withBrowser } from "./harness/withBrowser.ts";
import "./harness/fakeHost.types.ts";

const open = withBrowser();

describe("the console", () => {
  it("draws the terminal's colours and one line for a progress bar", async () => {
    const { page, complaints } = await open({
      panel: "run",
      scenario: "normal",
      options: { tab: "console", lines: 3 },
    });
    const line = page.locator(".log-line");
    await line.filter({ hasText: "epochs" }).waitFor();
    expect(await line.filter({ hasText: "epochs" }).allTextContents()).toEqual([
      "epochs: 100%|##########| 50/50",
    ]);
    const color = await line
      .locator("span", { hasText: "orange" })
      .evaluate((span) => getComputedStyle(span).color);
    expect(color).toBe("rgb(255, 135, 0)");
    expect(complaints).toEqual([]);
  });

  it("follows its end, lets go when scrolled up, loads what is before", async () => {
    const { page } = await open({
      panel: "run",
      scenario: "normal",
      options: { tab: "console", lines: 100_000 },
    });
    await page.getByText("step  99999").waitFor();
    await page.evaluate(() => {
      const size = 2_700_237;
      const text = "the newest line\n";
      globalThis.cairnHost.notify("output", {
        text,
        start: size,
        end: size + text.length,
        size: size + text.length,
        complete: false,
      });
    });
    await page.$eval(".log-scroll", (view) => {
      view.scrollTop = 0;
    });
    await eventually(async () => (await requestsOf(page, "console")).length).toBeGreaterThan(1);
    await eventually(() => page.getByLabel("Follow the end").getAttribute("aria-pressed")).toBe("false");
    await page.getByLabel("Go to the start").click();
    await page.getByText("Training gradient boosting").waitFor();
    await page.getByLabel("Follow the end").click();
    await page.getByText("step  99999").waitFor();
  });

  it("finds text forwards and backwards", async () => {
    const { page } = await open({
      panel: "run",
      scenario: "normal",
      options: { tab: "console", lines: 500 },
    });
    await page.locator(".log-line").first().waitFor();
    await page.getByLabel("Find in the console").fill("step    4");
    await page.locator(".log-line.found mark").waitFor();
    await page.getByText("100 of 100 matching lines").waitFor();
    const found = (): Promise<string> => page.locator(".log-line.found").innerText();
    const last = await found();
    await page.keyboard.press("Enter");
    await eventually(found).not.toBe(last);
    await page.keyboard.press("Shift+Enter");
    await eventually(found).toBe(last);
  });

  it("finds what is not loaded, and goes there", async () => {
    const { page, complaints } = await open({
      panel: "run",
      scenario: "normal",
      options: { tab: "console", lines: 100_000 },
    });
    await page.getByText("step  99999").waitFor();
    await page.getByLabel("Find in the console").fill("RUNTIMEWARNING");
    await page.getByText("1 of 1 matching line").waitFor();
    await page.locator(".log-line.found", { hasText: "features/gearbox.py" }).waitFor();
    await page.getByLabel("Find in the console").fill("step  50000");
    await page.locator(".log-line.found", { hasText: "step  50000" }).waitFor();
    expect(complaints).toEqual([]);
  });

  it("goes to a match in the middle of a gigabyte, and back to its ends, holding little of it", async () => {
    const { page, complaints } = await open({
      panel: "run",
      scenario: "normal",
      options: { tab: "console", gigabyte: true },
    });
    await page.getByText(`line at byte ${2 ** 30 - 64}`).waitFor();
    await page.getByLabel("Find in the console").fill("nan");
    await page.locator(".log-line.found", { hasText: "warning: loss is NaN" }).waitFor();
    await page.getByLabel("Go to the start").click();
    await page.getByText("line at byte 64", { exact: true }).waitFor();
    await page.getByLabel("Next match").click();
    await page.locator(".log-line.found", { hasText: "warning: loss is NaN" }).waitFor();
    await page.getByLabel("Follow the end").click();
    await page.getByText(`line at byte ${2 ** 30 - 64}`).waitFor();
    const read = (await requestsOf(page, "console")) as { maxBytes: number }[];
    expect(read.reduce((sum, { maxBytes }) => sum + maxBytes, 0)).toBeLessThan(4 << 20);
    expect(await page.locator(".log-line").count()).toBeLessThan(200);
    expect(complaints).toEqual([]);
  });

  it("takes case and regular expressions into account, and says what is wrong with one", async () => {
    const { page } = await open({
      panel: "run",
      scenario: "normal",
      options: { tab: "console", lines: 500 },
    });
    const find = page.getByLabel("Find in the console");
    await find.fill("TRAINING");
    await page.getByText("1 of 1 matching line").waitFor();
    await page.getByLabel("Match Case").click();
    await page.getByText("No results").waitFor();
    await page.getByLabel("Match Case").click();
    await page.getByLabel("Use Regular Expression").click();
    await find.fill("step +\\d*00 ");
    await page.getByText("4 of 4 matching lines").waitFor();
    await find.fill("step (");
    await page.getByText("This pattern cannot be read").waitFor();
    expect(await find.getAttribute("aria-invalid")).toBe("true");
  });

  it("looks through what is written while it searches", async () => {
    const { page } = await open({
      panel: "run",
      scenario: "normal",
      options: { tab: "console", lines: 10 },
    });
    await page.getByLabel("Find in the console").fill("loss");
    await page.getByText("10 of 10 matching lines").waitFor();
    const before = await requestsOf(page, "searchConsole");
    await page.evaluate(() => {
      globalThis.cairnHost.notify("output", {
        text: "x",
        start: 9e6,
        end: 9e6 + 1,
        size: 9e6 + 1,
        complete: false,
      });
    });
    await eventually(async () => (await requestsOf(page, "searchConsole")).length).toBe(before.length + 1);
    const more = (await requestsOf(page, "searchConsole")).at(-1) as { from: number };
    expect(more.from).toBeGreaterThan(0);
    await page.getByText("10 of 10 matching lines").waitFor();
  });

  it("opens the place in a file that a line names", async () => {
    const { page } = await open({
      panel: "run",
      scenario: "normal",
      options: { tab: "console", lines: 3 },
    });
    await page.getByRole("button", { name: 'File "/home/mira/turbines/train.py", line 42' }).click();
    await page.getByRole("button", { name: "features/gearbox.py:17:5" }).click();
    await eventually(() => requestsOf(page, "openPlace")).toEqual([
      { path: "/home/mira/turbines/train.py", line: 42 },
      { path: "features/gearbox.py", line: 17, column: 5 },
    ]);
  });
});
