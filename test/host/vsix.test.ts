import { readdirSync, statSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { beforeAll, expect, test } from "vitest";
import { packageVsix, stageFolder } from "./packageVsix.ts";
import { platform } from "./paths.ts";

let vsix: string;

beforeAll(async () => {
  vsix = await packageVsix();
}, 120_000);

test("the VSIX of this platform is at most 50 MB", () => {
  expect(statSync(vsix).size).toBeLessThanOrEqual(50e6);
});

test("the extension host's bundle is at most 250 KB", () => {
  expect(statSync(join(stageFolder(), "dist", "extension.js")).size).toBeLessThanOrEqual(250e3);
});

test("it holds this platform's native binary and no other", () => {
  const natives = readdirSync(join(stageFolder(), "dist"), { recursive: true })
    .map(String)
    .filter((name) => name.endsWith(".node"));
  expect(natives).toEqual([join("native", "better-sqlite3", `${platform}.node`)]);
});

test("it names the licences of what it bundles", async () => {
  const notices = await readFile(join(stageFolder(), "dist", "ThirdPartyNotices.txt"), "utf8");
  const titles = [...notices.matchAll(/^(\S+) \d+\.\d+\.\d+ \(/gm)].map(([, name]) => name);
  const expected = ["better-sqlite3", "@vscode/codicons", "vscode-jsonrpc", "fastify", "lit"];
  expect(titles).toEqual(expect.arrayContaining(expected));
});

test("it asks for no proposed API, which only this test editor would grant", async () => {
  const manifest = JSON.parse(await readFile(join(stageFolder(), "package.json"), "utf8")) as object;
  expect(manifest).not.toHaveProperty("enabledApiProposals");
});
