import { execFileSync } from "node:child_process";
import { existsSync, readdirSync, statSync } from "node:fs";
import { mkdir, mkdtemp, open, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeAll, expect, onTestFinished, test } from "vitest";
import type { Locator } from "playwright-core";
import type { Workbench } from "../host/workbench.ts";
import { useEditor } from "./useEditor.ts";

const fixture = useEditor();
const patience = { timeout: 30_000 };

const first = "id,label\n1,four\n2,nine\n";

const file = (name: string) => join(fixture.workspace, name);

beforeAll(async () => {
  await writeFile(file("rows.csv"), first);
});

function row(window: Workbench, text: string | RegExp): Locator {
  return window.treeRows("Data").filter({ hasText: text }).first();
}

/** The palette by keyboard alone. */
async function command(window: Workbench, title: string): Promise<void> {
  await expect
    .poll(
      async () => {
        await window.page.keyboard.press("F1");
        await window.quickInput.locator("input").first().fill(`>${title}`, { timeout: 5_000 });
        return window
          .quickPickRow(title)
          .waitFor({ timeout: 3_000 })
          .then(
            () => true,
            () => false,
          );
      },
      { ...patience, interval: 100 },
    )
    .toBe(true);
  await window.page.keyboard.press("Enter");
}

/** Waits until the open quick pick offers something, narrows it down to that and takes it. */
async function choose(window: Workbench, text: string, narrow = text): Promise<void> {
  await window.quickInput.locator(".monaco-list-row", { hasText: text }).first().waitFor(patience);
  await window.page.keyboard.type(narrow);
  await expect
    .poll(() => window.quickInput.locator(".monaco-list-row.focused").first().innerText(), patience)
    .toContain(text);
  await window.page.keyboard.press("Enter");
}

async function say(window: Workbench, prompt: RegExp, text: string): Promise<void> {
  await window.quickInput.getByText(prompt).waitFor(patience);
  await window.enter(text);
}

/** Adds a line at the end of the file that is open, and saves it. */
async function append(window: Workbench, line: string): Promise<void> {
  await command(window, "View: Focus Active Editor Group");
  await window.page.locator(".monaco-editor.focused").waitFor(patience);
  // The palette gives the focus back a moment after it is gone: a key may still be its own.
  const last = (await readFile(file("rows.csv"), "utf8")).split("\n").length;
  const cursor = window.page.locator(".statusbar-item", { hasText: `Ln ${last}, Col 1` });
  await expect
    .poll(
      async () => {
        await window.page.keyboard.press("Control+End");
        return cursor.count();
      },
      { ...patience, interval: 100 },
    )
    .toBe(1);
  await window.page.keyboard.type(`${line}\n`);
  await window.page.keyboard.press("Control+s");
  await expect.poll(() => readFile(file("rows.csv"), "utf8"), patience).toContain(`${line}\n`);
}

test("by keyboard: a file is added, changed, added again, and its first version checked out", async () => {
  const window = await fixture.open();
  const { keyboard } = window.page;
  await window.openView("Cairn");
  await window.sideBar.getByText("No file or folder has versions yet.").waitFor(patience);
  expect(existsSync(file(".cairn"))).toBe(false);

  await command(window, "Go to File...");
  await window.quickInput.locator("input").first().fill("rows.csv");
  await choose(window, "rows.csv", "");
  await window.page.locator(".monaco-editor").getByText("1,four").waitFor(patience);
  await command(window, "Cairn: Add Data Version…");
  await choose(window, "rows.csv");
  await say(window, /What is this version of rows\.csv/, "first rows");
  await row(window, /rows\.csv.*v1 · 23 B/s).waitFor(patience);
  expect(await readFile(file("rows.csv.dvc"), "utf8")).toContain("path: rows.csv");

  await append(window, "3,seven");
  await row(window, /rows\.csv.*modified · v1/s).waitFor(patience);
  await command(window, "View: Show Explorer");
  const listed = window.sideBar.locator(".explorer-item", { hasText: /^rows\.csv$/ });
  const sign = () => listed.first().evaluate((label) => getComputedStyle(label, "::after").content);
  await expect.poll(sign, patience).toBe('"M"');
  await window.openView("Cairn");

  await command(window, "Cairn: Add Data Version…");
  await choose(window, "rows.csv");
  await say(window, /What is this version of rows\.csv/, "one more");
  await row(window, /rows\.csv.*v2 · 31 B/s).waitFor(patience);

  await append(window, "4,one");
  const checkOut = async (): Promise<void> => {
    await command(window, "Cairn: Check Out Data Version…");
    await choose(window, "rows.csv");
    await choose(window, "first rows");
  };
  await checkOut();
  const dialog = window.page.locator(".monaco-dialog-box");
  await dialog.getByText("rows.csv was changed since its version was added.").waitFor(patience);
  await keyboard.press("Escape");
  await dialog.waitFor({ state: "hidden" });
  expect(await readFile(file("rows.csv"), "utf8")).toBe(`${first}3,seven\n4,one\n`);

  await checkOut();
  await dialog.getByRole("button", { name: "Overwrite" }).waitFor(patience);
  await dialog.getByRole("button", { name: "Overwrite" }).focus();
  await keyboard.press("Enter");
  await expect.poll(() => readFile(file("rows.csv"), "utf8"), patience).toBe(first);
  await row(window, /rows\.csv.*v1 · 23 B/s).waitFor(patience);

  await command(window, "Cairn: Open Data at Version…");
  await choose(window, "rows.csv");
  await choose(window, "one more");
  await window.page.locator(".tabs-container").getByRole("tab", { name: "rows (v2).csv" }).waitFor(patience);
  await window.page.locator(".monaco-editor").getByText("3,seven").waitFor(patience);
});

test("an add that is cancelled leaves nothing behind", async () => {
  const window = await fixture.open();
  const huge = await open(file("huge.bin"), "w");
  await huge.truncate(6 * 2 ** 30);
  await huge.close();
  await window.openView("Cairn");
  const item = window.page.locator(".explorer-item", { hasText: "huge.bin" });
  await command(window, "View: Show Explorer");
  await item.first().click(patience);
  await item.first().click({ button: "right" });
  await window.pickMenuItem("Add Data Version…");
  await say(window, /What is this version of huge\.bin/, "too large");
  const toast = await window.notification("Adding huge.bin");
  await toast.getByRole("button", { name: "Cancel" }).click(patience);
  await toast.waitFor({ state: "hidden", ...patience });
  await expect.poll(() => bytesBelow(file(".cairn/store")), patience).toBeLessThan(2 ** 20);
  expect(existsSync(file("huge.bin.dvc"))).toBe(false);
  await window.openView("Cairn");
  await row(window, /rows\.csv/).waitFor(patience);
  expect(await row(window, "huge.bin").count()).toBe(0);
});

test("what DVC and Git know of a repository is listed, and nothing is written into it", async () => {
  const folder = await mkdtemp(join(tmpdir(), "cairn-dvc-"));
  onTestFinished(() => rm(folder, { recursive: true, force: true, maxRetries: 5 }));
  const git = (...args: string[]) => execFileSync("git", args, { cwd: folder });
  const md5 = "0123456789abcdef0123456789abcdef";
  await mkdir(join(folder, ".dvc"));
  await writeFile(
    join(folder, "table.csv.dvc"),
    `outs:\n- md5: ${md5}\n  size: 10\n  hash: md5\n  path: table.csv\n`,
  );
  git("init", "-q", "-b", "main");
  git("add", ".");
  git("-c", "user.name=Mira", "-c", "user.email=mira@example.org", "commit", "-qm", "Track a table");
  const window = await fixture.open({ path: folder });
  await window.openView("Cairn");
  await row(window, "table.csv").click(patience);
  await row(window, /01234567.*Track a table.*not stored here/s).waitFor(patience);
  expect(existsSync(join(folder, ".cairn"))).toBe(false);
});

function bytesBelow(folder: string): number {
  if (!existsSync(folder)) return 0;
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .reduce((sum, entry) => sum + statSync(join(entry.parentPath, entry.name)).size, 0);
}
