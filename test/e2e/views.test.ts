import { existsSync } from "node:fs";
import { readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import type { FrameLocator, Locator } from "playwright-core";
import { afterAll, expect, test } from "vitest";
import type { Workbench } from "../host/workbench.ts";
import { shownPanel } from "./panels.ts";
import { trackedProject } from "./trackedProject.ts";
import { useEditor } from "./useEditor.ts";

const workspace = await trackedProject();
afterAll(() => rm(workspace, { recursive: true, force: true, maxRetries: 5 }));

const fixture = useEditor({ workspace });

const patience = { timeout: 30_000 };

/** `expect.poll` with the patience that an editor on a busy machine needs. */
function eventually<T>(read: () => T): ReturnType<typeof expect.poll<T>> {
  return expect.poll(read, { ...patience, interval: 100 });
}

function run(window: Workbench, text: string | RegExp): Locator {
  return window.treeRows("Experiments").filter({ hasText: text }).first();
}

/** The runs that have ended, in the tree. */
function ended(window: Workbench): Locator {
  return window.treeRows("Experiments").filter({ hasText: /accuracy · .* s/ });
}

/** Makes a tab of the run's panel the one that is shown. */
async function goTo(panel: FrameLocator, tab: string): Promise<void> {
  await panel.getByRole("tab", { name: tab, exact: true }).click(patience);
}

/** Answers the dialog for a file with the path that it offers. */
async function saveAs(window: Workbench, name: string): Promise<string> {
  const path = join(workspace, name);
  await eventually(() => window.quickInput.locator("input").first().inputValue()).toBe(path);
  // The dialog looks at the folder first, and takes no answer before it has.
  const answered = async (): Promise<boolean> => {
    if (existsSync(path)) return true;
    if (await window.quickInput.isVisible()) await window.page.keyboard.press("Enter");
    return false;
  };
  await expect.poll(answered, { ...patience, interval: 1_000 }).toBe(true);
  return path;
}

test("a run is started again as it was and with changes, named, starred, noted and tagged", async () => {
  const window = await fixture.shared();
  await window.openView("Cairn");
  await window.runCommand("Cairn: Run Entry…");
  await window.pick("Run train");
  const panel = await shownPanel(window);
  await panel.locator(".run-head", { hasText: "Finished" }).waitFor(patience);

  await panel.locator("vscode-button", { hasText: /^\s*Run Again\s*$/ }).click();
  await eventually(() => ended(window).count()).toBe(2);
  await panel.locator("vscode-button", { hasText: "Run Again with Changes…" }).click(patience);
  await window.pick("lr");
  await window.enter("0.2");
  await window.pick("Run train");
  await eventually(() => ended(window).count()).toBe(3);
  await goTo(panel, "Parameters");
  await panel.locator(".parameter", { hasText: "lr" }).getByText("0.2").waitFor(patience);

  await panel.getByRole("button", { name: "Rename" }).click();
  await panel.getByLabel("Name of the run").fill("with a higher rate");
  await panel.getByLabel("Name of the run").press("Enter");
  await panel.getByRole("button", { name: "Star" }).click();
  await run(window, /with a higher rate.*★/s).waitFor(patience);
  await goTo(panel, "Overview");
  await panel.getByText("Add a note").click();
  await panel.getByLabel("Note").fill("Learns *faster*.");
  await panel.getByLabel("Note").press("ControlOrMeta+Enter");
  await panel.locator(".note-text", { hasText: "Learns *faster*." }).waitFor(patience);
  await panel.getByText("Add a tag").click();
  await panel.getByLabel("Name of the tag").fill("team");
  await panel.getByLabel("Value of the tag").fill("readers");
  await panel.getByLabel("Value of the tag").press("Enter");
  await panel.locator(".tag", { hasText: /team\s*readers/ }).waitFor(patience);

  // One click on the status bar keeps new terminals out of the project, another lets them in again.
  await window.statusBar.getByRole("button", { name: /^New terminals log their runs/ }).click(patience);
  await window.statusBar.getByRole("button", { name: /^New terminals do not log/ }).click(patience);
  await window.statusBar.getByRole("button", { name: /^New terminals log their runs/ }).waitFor(patience);
});

test("what a run was and what it made can be looked at", async () => {
  const window = await fixture.shared();
  await window.openView("Cairn");
  const panel = await window.openRow(run(window, "with a higher rate"), "with a higher rate");

  await goTo(panel, "Console");
  await panel.getByLabel("Find in the console").fill("trained");
  await panel.locator(".log-bar", { hasText: "1 of 1 matching line" }).waitFor(patience);
  await goTo(panel, "Environment");
  await panel.getByText(/CPython 3\.\d+/).waitFor(patience);
  await goTo(panel, "System");
  await panel.locator("cairn-chart-grid, .state").first().waitFor(patience);

  await goTo(panel, "Artifacts");
  const file = (name: string) => panel.getByRole("treeitem").filter({ hasText: name }).first();
  await file("images").click();
  await file("sample_0.png").click(patience);
  const picture = panel.locator("cairn-image img");
  await eventually(() => picture.evaluate((image: HTMLImageElement) => image.naturalWidth)).toBe(24);
  await panel.getByRole("slider", { name: "Step" }).focus();
  await panel.getByRole("slider", { name: "Step" }).press("ArrowRight");
  await panel.getByText("2 of 3").waitFor(patience);
  await eventually(() => picture.getAttribute("alt")).toContain("sample_10.png");
  await file("predictions.csv").click();
  await panel.getByRole("gridcell", { name: "seven" }).waitFor(patience);
  await file("summary.json").click();
  await panel.locator("cairn-json").getByText("best").waitFor(patience);
  await file("report.html").click();
  const report = panel.frameLocator("iframe.html-frame");
  await report.getByRole("heading", { name: "Readings" }).waitFor(patience);
  expect(await report.locator("html").evaluate(() => document.title)).not.toBe("ran");
  await file("alarm.wav").click();
  await eventually(() =>
    panel.locator("audio").evaluate((audio: HTMLAudioElement) => Math.round(audio.duration)),
  ).toBe(1);

  await goTo(panel, "Code");
  await panel.getByRole("button", { name: "train.py" }).click(patience);
  const diff = window.page.locator(".monaco-diff-editor");
  await diff.locator(".original-in-monaco-diff-editor", { hasText: "not written yet" }).waitFor(patience);
  await diff.locator(".modified-in-monaco-diff-editor", { hasText: "import argparse" }).waitFor(patience);
  await window.showTab("with a higher rate");
  await panel.getByRole("button", { name: "Open patch" }).click(patience);
  await window.page.locator(".monaco-editor").getByText("-print('not written yet')").waitFor(patience);
});

test("the table and the charts are arranged and exported, and stay so when the window is loaded again", async () => {
  const window = await fixture.shared();
  await window.openView("Cairn");
  await window.runCommand("Cairn: Open Runs");
  const panel = await shownPanel(window);
  const header = (name: string) => panel.getByRole("columnheader", { name, exact: true });
  const headers = () => panel.getByRole("columnheader").allInnerTexts();
  const item = (name: string) =>
    panel.getByRole("menuitem", { name }).or(panel.getByRole("menuitemcheckbox", { name }));
  const row = (text: string) => panel.locator(".runs-grid .grid-row", { hasText: text });
  await eventually(() => panel.locator(".runs-grid .grid-row").count()).toBe(3);
  await panel.getByText("3 selected").waitFor(patience);
  await panel.locator("cairn-metric-chart .js-line").first().waitFor(patience);

  await panel.getByRole("button", { name: "Compare selected runs" }).click();
  await panel.locator(".compare .grid-row", { hasText: "lr" }).waitFor(patience);
  await panel.getByRole("button", { name: "Back to charts" }).click();

  // A row is wider than the table: its middle may have to be scrolled to.
  const name = row("with a higher rate").getByText("with a higher rate");
  await name.click();
  await name.click({ button: "right" });
  await item("Colour…").click();
  const seventh = panel.getByRole("radio", { name: "Colour 7" });
  const colorOf = (place: Locator) =>
    place.locator("cairn-swatch").evaluate((swatch) => getComputedStyle(swatch).backgroundColor);
  const chosen = await colorOf(seventh);
  await seventh.click();
  await eventually(() => colorOf(row("with a higher rate"))).toBe(chosen);

  await panel.getByRole("button", { name: "More actions" }).click();
  await item("Export Table as CSV…").click();
  const table = await readFile(await saveAs(window, "Runs.csv"), "utf8");
  expect(table).toMatch(/^Run,.*\r\n/);
  expect(table).toContain("with a higher rate");

  await header("Started").click({ button: "right" });
  await item("Hide Column").click();
  await header("Duration").click({ button: "right" });
  await item("Pin Column").click();
  await header("metric loss").click({ button: "right" });
  await item("Move Left").click();
  await eventually(async () => (await headers()).join(" ")).toMatch(/Run.*Duration.*loss.*accuracy/s);
  await panel.getByRole("button", { name: "Group runs" }).click();
  await panel.locator("cairn-picker input").fill("lr");
  await panel.locator(".picker-line", { hasText: /^\s*lr/ }).click();
  await window.page.keyboard.press("Escape");
  await eventually(() => panel.locator(".runs-grid .grid-row.group").count()).toBe(2);
  const arranged = await headers();
  await panel.getByRole("button", { name: "Logarithmic vertical axis" }).click();

  await window.reload();
  const again = await shownPanel(window);
  await eventually(() => again.locator(".runs-grid .grid-row.group").count()).toBe(2);
  expect(await again.getByRole("columnheader").allInnerTexts()).toEqual(arranged);
  const log = again.getByRole("button", { name: "Logarithmic vertical axis" });
  await eventually(() => log.getAttribute("aria-pressed")).toBe("true");

  const chart = again.getByRole("group", { name: /loss/ }).first();
  for (const [title, name, begin] of [
    ["Save as PNG…", "loss.png", "\u0089PNG"],
    ["Save as SVG…", "loss.svg", "<svg"],
  ] as const) {
    await chart.click({ button: "right" });
    await again.getByRole("menuitem", { name: title }).click();
    const content = await readFile(await saveAs(window, name), "latin1");
    expect(content.slice(0, begin.length)).toBe(begin);
  }
  await chart.click({ button: "right" });
  await again.getByRole("menuitem", { name: "Copy Image" }).click();
  const clipboard = () =>
    window.page.evaluate(async () => (await navigator.clipboard.read()).flatMap(({ types }) => types));
  await eventually(clipboard).toContain("image/png");
  await again.locator(".runs-grid").focus();
  await window.page.keyboard.press("ControlOrMeta+c");
  await eventually(() => window.page.evaluate(() => navigator.clipboard.readText())).toMatch(/^\| Run \|/);
});
