import { readFileSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import path from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { isTrusted, requireTrust, trustFile, trustProject } from "../../../src/core/config/index.js";
import { temporaryFolder } from "./temporaryFolder.ts";

const before = process.env.XDG_CONFIG_HOME;
beforeEach(() => {
  process.env.XDG_CONFIG_HOME = path.join(temporaryFolder(), "config");
});
afterEach(() => {
  if (before === undefined) Reflect.deleteProperty(process.env, "XDG_CONFIG_HOME");
  else process.env.XDG_CONFIG_HOME = before;
});

test("a project is not trusted until it is, and then alone", async () => {
  const [one, other] = [temporaryFolder(), temporaryFolder()];
  await expect(requireTrust(one)).rejects.toMatchObject({
    code: "refused",
    hint: expect.stringContaining("cairn trust") as string,
  });
  await trustProject(one);
  await trustProject(one);
  await expect(requireTrust(one)).resolves.toBeUndefined();
  expect(await isTrusted(other)).toBe(false);
  expect(JSON.parse(readFileSync(trustFile(), "utf8"))).toEqual({ trusted: [one] });
});

test("the list can be read by its owner only", async () => {
  await trustProject(temporaryFolder());
  expect(statSync(trustFile()).mode & 0o777).toBe(0o600);
});

test("trust belongs to the real folder, whichever way leads there", async () => {
  const real = temporaryFolder();
  const link = path.join(temporaryFolder(), "link");
  symlinkSync(real, link);
  await trustProject(link);
  expect(await isTrusted(real)).toBe(true);
});

test("a broken list is an error with a way out, and trusts nobody", async () => {
  const folder = temporaryFolder();
  await trustProject(folder);
  writeFileSync(trustFile(), '{"trusted": "all"}');
  await expect(isTrusted(folder)).rejects.toMatchObject({ code: "corrupt" });
  await expect(trustProject(folder)).rejects.toMatchObject({ code: "corrupt" });
});
