import { existsSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { useEditor } from "./useEditor.ts";

const fixture = useEditor({ trusted: false });

test("in Restricted Mode nothing is run, and trust is offered", async () => {
  const window = await fixture.open();
  await window.openView("Cairn");
  for (const what of ["runs", "data"])
    await window.sideBar.getByText(`This folder is in Restricted Mode: ${what} can be looked at`).waitFor();
  await window.runCommand("Cairn: Run Command as a Tracked Run…");
  const offer = await window.notification("Nothing is run in Restricted Mode");
  await offer.getByRole("button", { name: "Manage Workspace Trust" }).waitFor();
  await window.runCommand("Cairn: Add Data Version…");
  await window.notification("Data is only looked at in Restricted Mode");
  expect(existsSync(join(fixture.workspace, ".cairn"))).toBe(false);
});
