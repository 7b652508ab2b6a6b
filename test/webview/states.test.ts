// @vitest-environment node
import { describe, expect, it } from "vitest";
import type { OpenOptions } from "./harness/openPanel.ts";
import { eventually, requestsOf, withBrowser } from "./harness/withBrowser.ts";
import "./harness/fakeHost.types.ts";

const open = withBrowser();
const panels: OpenOptions["panel"][] = ["runs", "run", "health"];

describe.each(panels)("the %s panel", (panel) => {
  it("shows that it loads, and a failure with its reason, hint and a way on", async () => {
    const loading = await open({ panel, scenario: "loading" });
    await loading.page.locator(".skeleton[role=status]").waitFor();
    const failed = await open({ panel, scenario: "error" });
    const alert = failed.page.locator(".state[role=alert]");
    await alert.waitFor();
    expect(await alert.locator("p").textContent()).toMatch(/\w+/);
    await alert.getByText("Try Again").click();
    await eventually(() => requestsOf(failed.page, "init")).toHaveLength(2);
    expect([...loading.complaints, ...failed.complaints]).toEqual([]);
  });

  it.each(["dark", "light", "contrast", "contrast-light"] as const)(
    "fits 400 and 1,600 pixels in %s without a refusal",
    async (theme) => {
      for (const width of [400, 1_600]) {
        const { page, complaints } = await open({ panel, scenario: "normal", theme, width });
        await page.locator(".panel > *").first().waitFor();
        const overflow = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
        expect(overflow).toBeLessThanOrEqual(0);
        expect(complaints).toEqual([]);
      }
    },
  );
});

describe("the runs panel", () => {
  it("offers the next step when there is no run", async () => {
    const { page } = await open({ panel: "runs", scenario: "empty" });
    await page.getByText("No runs yet").waitFor();
    await page.locator("vscode-button", { hasText: "Start Run" }).click();
    await eventually(() => requestsOf(page, "startRun")).toHaveLength(1);
  });

  it("says that the engine is away and loads again when it is back", async () => {
    const { page } = await open({ panel: "runs", scenario: "disconnected" });
    await page.locator(".banner-warning[role=alert]").waitFor();
    expect(await page.locator(".grid-row").count()).toBeGreaterThan(10);
    const before = (await requestsOf(page, "curves")).length;
    await page.evaluate(() => {
      globalThis.cairnHost.notify("connection", { connected: true });
    });
    await eventually(() => page.locator(".banner").count()).toBe(0);
    await eventually(async () => (await requestsOf(page, "curves")).length).toBe(before + 1);
  });

  it("moves the sash by keyboard and stacks when narrow", async () => {
    const { page } = await open({ panel: "runs", scenario: "normal" });
    const sash = page.locator("cairn-splitter");
    await sash.focus();
    await page.keyboard.press("ArrowRight");
    await eventually(() => sash.getAttribute("aria-valuenow")).toBe("52");
    await page.setViewportSize({ width: 500, height: 800 });
    await eventually(() => sash.getAttribute("aria-orientation")).toBe("horizontal");
  });
});

describe("the health panel", () => {
  it("stops and starts the engine, names problems, cancels a job, copies a report", async () => {
    const { page } = await open({ panel: "health", scenario: "troubled" });
    await page.getByRole("heading", { name: "The engine runs, with 1 error" }).waitFor();
    await page.getByText("network file system").waitFor();
    await page.getByText("Cancel", { exact: true }).click();
    await eventually(() => requestsOf(page, "cancelJob")).toEqual([{ jobId: "1" }]);
    await page.locator("vscode-button", { hasText: "Copy Report" }).click();
    await page.getByText("The report is on the clipboard.").waitFor();
    expect(JSON.stringify(await requestsOf(page, "copyText"))).toContain("cairn.db");
    await page.locator("vscode-button", { hasText: "Stop Engine" }).click();
    await page.getByText("The engine is not running").waitFor();
    await page.locator("vscode-button", { hasText: "Start Engine" }).click();
    await page.locator("vscode-button", { hasText: "Stop Engine" }).waitFor();
  });
});
