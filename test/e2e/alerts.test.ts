import { expect, test } from "vitest";
import type { Workbench } from "../host/workbench.ts";
import { useEditor } from "./useEditor.ts";

const fixture = useEditor();

/** What the activity bar says of Cairn. */
function badge(window: Workbench) {
  return window.page.locator(".activitybar .action-item", {
    has: window.page.locator('[aria-label^="Cairn"]'),
  });
}

test("a failed run is shown in one of two windows, counted in both, and seen once opened", async () => {
  const first = await fixture.open();
  const second = await fixture.open();
  for (const window of [first, second]) await window.openView("Cairn");
  await first.runCommand("Cairn: Run Command as a Tracked Run…");
  await first.enter(`python3 -c "raise SystemExit(3)"`);
  const notice = /Failed after .*: exit code 3\./;
  await expect
    .poll(
      () => Promise.all([first, second].map((window) => window.notifications.getByText(notice).count())),
      {
        timeout: 30_000,
      },
    )
    .toContain(1);
  const shown = (await first.notifications.getByText(notice).count()) === 1 ? first : second;
  const toast = await shown.notification(notice);
  // It stays for as long as the mouse is over it.
  await toast.hover();
  for (const window of [first, second])
    await badge(window).locator(".badge-content", { hasText: "1" }).waitFor({ timeout: 30_000 });
  const counts = await Promise.all(
    [first, second].map((each) => each.notifications.getByText(notice).count()),
  );
  expect(counts.toSorted()).toEqual([0, 1]);
  await toast.getByRole("button", { name: "Open Run" }).click();
  for (const window of [first, second])
    await badge(window)
      .locator(".badge-content", { hasText: "1" })
      .waitFor({ state: "hidden", timeout: 30_000 });
  await second.runCommand("Cairn: Show Alerts…");
  await second.quickInput.getByText(notice).waitFor();
});

test("what fills the project is listed, and a deleted run is deleted for good after a question", async () => {
  const window = await fixture.open();
  await window.openView("Cairn");
  await window.treeRows("Experiments").filter({ hasText: "failed" }).first().waitFor({ timeout: 30_000 });
  await window.runCommand("Cairn: Delete Runs");
  await window.quickInput.locator(".monaco-list-row").filter({ hasText: "failed" }).first().click();
  await window.page.keyboard.press("Enter");
  await window.treeRows("Experiments").filter({ hasText: "failed" }).first().waitFor({ state: "hidden" });
  await window.runCommand("Cairn: Show Disk Use…");
  await window.quickInput.getByText("By kind").waitFor({ timeout: 30_000 });
  await window.quickInput.getByText("console logs").first().waitFor();
  await window.pick("Delete for good what is deleted: 1 run…");
  const question = window.page.locator(".monaco-dialog-box");
  await question.getByText(/Delete 1 run and .* of files for good\?/).waitFor();
  await question.getByRole("button", { name: "Delete for Good" }).click();
  await window.notification(/Deleted for good: 1 run\. .* freed\./);
});
