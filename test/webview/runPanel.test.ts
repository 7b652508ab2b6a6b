// @vitest-environment node
import { describe, expect, it } from "vitest";
import { eventually, requestsOf, withBrowser } from "./harness/withBrowser.ts";
import "./harness/fakeHost.types.ts";

const open = withBrowser();

describe("the run panel", () => {
  it("goes through its tabs by keyboard and remembers the one it is on", async () => {
    const { page, complaints } = await open({ panel: "run", scenario: "normal" });
    await page.getByRole("tab", { name: "Overview" }).focus();
    await page.keyboard.press("ArrowRight");
    await page.locator("cairn-metric-chart .js-line").first().waitFor();
    await page.keyboard.press("ArrowRight");
    await page.keyboard.press("ArrowRight");
    await page.getByRole("tree").waitFor();
    await eventually(async () => (await requestsOf(page, "saveState")).at(-1)).toMatchObject({
      tab: "artifacts",
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

  it("opens folders and files of the artifacts by keyboard", async () => {
    const { page } = await open({ panel: "run", scenario: "normal", options: { tab: "artifacts" } });
    await page.getByRole("tree").focus();
    await page.keyboard.press("ArrowRight");
    await page.getByText("model.pkl").waitFor();
    expect(await page.getByRole("treeitem").first().getAttribute("aria-expanded")).toBe("true");
    await page.keyboard.press("ArrowDown");
    await page.keyboard.press("Enter");
    await eventually(() => requestsOf(page, "openArtifact")).toEqual([{ path: "model/MLmodel" }]);
  });
});

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
    await page.getByLabel("Find in the console").fill("step     4");
    await page.locator(".log-line.found mark").waitFor();
    const found = (): Promise<string> => page.locator(".log-line.found").innerText();
    const last = await found();
    await page.keyboard.press("Enter");
    await eventually(found).not.toBe(last);
    await page.keyboard.press("Shift+Enter");
    await eventually(found).toBe(last);
  });
});
