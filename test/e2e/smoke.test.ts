import { expect, test } from "vitest";
import { useEditor } from "./useEditor.ts";

const fixture = useEditor();

test("the packaged extension adds its view and its commands to VS Code", async () => {
  const window = await fixture.open();
  await window.openView("Cairn");
  await window.sideBar.getByText("Experiments").first().waitFor();
  expect(await window.commandsMatching("Cairn: Show Log")).toContain("Cairn: Show Log");
});

test("a window's theme can be changed", async () => {
  const window = await fixture.open();
  for (const theme of ["light", "hc", "dark"] as const) await window.setTheme(theme);
});
