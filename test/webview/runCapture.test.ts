// @vitest-environment node
import { describe, expect, it } from "vitest";
import { eventually, requestsOf, withBrowser } from "./harness/withBrowser.ts";
import "./harness/fakeHost.types.ts";

const open = withBrowser();

describe("the code of a run", () => {
  it("shows the commit, what was changed and what was left out, and opens the editor's own diff", async () => {
    const { page, complaints } = await open({ panel: "run", scenario: "normal", options: { tab: "code" } });
    await page.getByText("39c5d25aa0b1c2d3e4f5061728394a5b6c7d8e9f").waitFor();
    await page.getByText("gearbox-features").waitFor();
    await page.getByText("The submodule vendor/scada").waitFor();
    await page.getByText("not recorded: matches .env").waitFor();
    await page.getByText("larger than 1 MB").waitFor();
    expect(await page.getByRole("button", { name: ".env" }).count()).toBe(0);
    await page.getByRole("button", { name: "train.py" }).focus();
    await page.keyboard.press("Enter");
    await page.getByRole("button", { name: 'odd "name" <b>.py' }).click();
    await page.getByRole("button", { name: "Open patch" }).click();
    await eventually(() => requestsOf(page, "openDiff")).toEqual([
      { path: "train.py" },
      { path: 'odd "name" <b>.py' },
    ]);
    await eventually(() => requestsOf(page, "openPatch")).toHaveLength(1);
    expect(complaints).toEqual([]);
  });

  it("says why a side cannot be had, and what to do", async () => {
    const { page } = await open({ panel: "run", scenario: "normal", options: { tab: "code" } });
    await page.getByRole("button", { name: "features/old.py" }).click();
    await page.getByText("Commit 39c5d25aa0 is not in this repository. Fetch it with git fetch").waitFor();
    await page.getByRole("button", { name: "Dismiss" }).click();
    await page.getByRole("alert").filter({ hasText: "Commit" }).waitFor({ state: "detached" });
  });
});

describe("the environment of a run", () => {
  it("shows Python, packages, machine and GPUs, and finds a package", async () => {
    const { page, complaints } = await open({
      panel: "run",
      scenario: "normal",
      options: { tab: "environment" },
    });
    for (const text of ["CPython 3.12.7", "AMD Ryzen 9 7900", "NVIDIA RTX A2000, 12.0 GB", "WANDB_API_KEY"])
      await page.getByText(text).waitFor();
    await page.getByRole("grid", { name: "Packages" }).waitFor();
    await page.getByLabel("Filter packages").fill("SCI");
    await eventually(() => page.getByRole("grid").getAttribute("aria-rowcount")).toBe("3");
    await page.getByLabel("Copy as requirements.txt").click();
    await eventually(() => requestsOf(page, "copyText")).toEqual([
      { text: "scikit-learn==1.5.2\nscipy==1.14.1\n" },
    ]);
    expect(complaints).toEqual([]);
  });

  it("is compared with that of another run: only what differs", async () => {
    const { page, complaints } = await open({
      panel: "run",
      scenario: "normal",
      options: { tab: "environment" },
    });
    await page.getByText("Compare…").click();
    await page.getByText("4 differences between brave-ant-7 and this run").waitFor();
    const grid = page.getByRole("grid", { name: "Differences" });
    await grid.getByText("CPython 3.11.9").waitFor();
    await grid.getByText("1.26.4").waitFor();
    await page.getByText("Show All").click();
    await page.getByRole("grid", { name: "Packages" }).waitFor();
    expect(complaints).toEqual([]);
  });
});
