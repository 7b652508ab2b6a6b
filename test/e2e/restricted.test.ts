import { existsSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { useEditor } from "./useEditor.ts";

const fixture = useEditor({ trusted: false });

test("in Restricted Mode nothing is run, and trust is offered", async () => {
  const window = await fixture.open();
  await window.openView("Cairn");
  await window.sideBar.getByText("This folder is in Restricted Mode").waitFor();
  await window.runCommand("Cairn: Run Command as a Tracked Run…");
  const offer = await window.notification("Nothing is run in Restricted Mode");
  await offer.getByRole("button", { name: "Manage Workspace Trust" }).waitFor();
  expect(existsSync(join(fixture.workspace, ".cairn"))).toBe(false);
});
