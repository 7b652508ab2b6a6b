import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { type CommandEntry, commandTable } from "../../src/host/commands/table.ts";
import { contextDefaults } from "../../src/host/contextKeyTable.ts";
import { settingDefaults } from "../../src/host/settingsTable.ts";

interface Manifest {
  activationEvents: string[];
  enabledApiProposals?: string[];
  contributes: {
    commands: { command: string; title: string; category: string }[];
    menus: Record<string, { command: string; when?: string }[]>;
    configuration: { properties: Record<string, { default: unknown }> };
  };
}

const root = join(import.meta.dirname, "..", "..");
const source = readFileSync(join(root, "package.json"), "utf8");
const manifest = JSON.parse(source) as Manifest;
const strings = JSON.parse(readFileSync(join(root, "package.nls.json"), "utf8")) as Record<string, string>;
const table = Object.entries<CommandEntry>(commandTable);
const { contributes } = manifest;

test("package.json has exactly the commands of the table, with their titles", () => {
  const declared = contributes.commands.map(({ command, title, category }) => {
    expect(category).toBe("Cairn");
    return [command, strings[title.slice(1, -1)]];
  });
  expect(Object.fromEntries(declared)).toEqual(
    Object.fromEntries(table.map(([id, { title }]) => [id, title])),
  );
});

test("the palette's conditions are those of the table", () => {
  const declared = (contributes.menus.commandPalette ?? []).map(({ command, when }) => [command, when]);
  const wanted = table.filter(([, { when }]) => when !== undefined).map(([id, { when }]) => [id, when]);
  expect(Object.fromEntries(declared)).toEqual(Object.fromEntries(wanted));
});

test("menus, welcome texts and the walkthrough name only commands that there are", () => {
  const inMenus = Object.values(contributes.menus).flatMap((items) => items.map((item) => item.command));
  const texts = Object.values(strings).join("\n") + source;
  const linked = [...texts.matchAll(/command:(cairn\.\w+)/gi)].map(([, id]) => id ?? "");
  for (const id of [...inMenus, ...linked]) expect(commandTable).toHaveProperty([id]);
});

test("package.json has exactly the settings of the table, with their defaults", () => {
  const declared = Object.entries(contributes.configuration.properties).map(([key, value]) => [
    key.replace("cairn.", ""),
    value.default,
  ]);
  expect(Object.fromEntries(declared)).toEqual(settingDefaults);
});

test("conditions use only context keys that are set", () => {
  const conditions = [...source.matchAll(/"when": "((?:[^"\\]|\\.)*)"/g)].map(([, text]) => text ?? "");
  const keys = conditions.flatMap((text) => [...text.matchAll(/(?<!== )\bcairn\.\w+/g)].map(([key]) => key));
  expect(keys.length).toBeGreaterThan(10);
  for (const key of keys) expect(contextDefaults).toHaveProperty([key]);
});

test("every text of package.json is in package.nls.json, and none is left over", () => {
  const used = new Set([...source.matchAll(/"%([\w.]+)%"/g)].map(([, key]) => key));
  expect([...used].sort()).toEqual(Object.keys(strings).sort());
});

test("nothing activates everywhere, and no proposed API is asked for", () => {
  expect(manifest.enabledApiProposals).toBeUndefined();
  for (const event of manifest.activationEvents)
    expect(event).toMatch(/^(workspaceContains:\.cairn\/|onWebviewPanel:|onFileSystem:cairn-)/);
});
