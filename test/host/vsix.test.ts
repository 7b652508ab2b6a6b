import { execFile } from "node:child_process";
import { readdirSync, statSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
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

test("the extension host's code is at most 250 KB", () => {
  const parts = readdirSync(join(stageFolder(), "dist")).filter((name) => /^extension.*\.js$/.test(name));
  expect(sizeOf(parts)).toBeLessThanOrEqual(250e3);
});

test("what is loaded while it activates is at most 80 KB, without the connection to an engine and without zod", async () => {
  const { stdout } = await promisify(execFile)(process.execPath, ["-e", LOAD_START], {
    cwd: join(stageFolder(), "dist"),
  });
  const { loaded, copied } = JSON.parse(stdout) as { loaded: string[]; copied: number };
  expect(loaded).toContain("extension.js");
  expect(sizeOf(loaded)).toBeLessThanOrEqual(80e3);
  // A namespace import of a module that is required would copy all of it, once for each file that imports it.
  expect(copied).toBe(0);
});

function sizeOf(names: string[]): number {
  return names.reduce((sum, name) => sum + statSync(join(stageFolder(), "dist", name)).size, 0);
}

/** Loads extension.js, with something in place of vscode, and tells which files that took. */
const LOAD_START = `
  const Module = require("node:module"), path = require("node:path");
  let copied = 0;
  const vscode = new Proxy(class {}, {
    get: (target, key) => (key === "prototype" ? target.prototype : key === Symbol.toPrimitive ? () => "" : vscode),
    ownKeys: (target) => { copied++; return Reflect.ownKeys(target); },
  });
  const load = Module._load;
  Module._load = (name, ...rest) => (name === "vscode" ? vscode : load(name, ...rest));
  require("./extension.js");
  console.log(JSON.stringify({ loaded: Object.keys(require.cache).map((file) => path.basename(file)), copied }));
`;

test("it holds this platform's native binaries and no others", () => {
  const natives = readdirSync(join(stageFolder(), "dist"), { recursive: true })
    .map(String)
    .filter((name) => /\.(node|so|dylib|dll)$/.test(name));
  const library =
    { darwin: "libduckdb.dylib", win32: "duckdb.dll" }[process.platform as string] ?? "libduckdb.so";
  expect(natives.sort()).toEqual([
    join("native", "better-sqlite3", `${platform}.node`),
    join("native", "duckdb", platform, "duckdb.node"),
    join("native", "duckdb", platform, library),
  ]);
});

test("its DuckDB finds the library beside it", async () => {
  const file = join(stageFolder(), "dist", "native", "duckdb", platform, "duckdb.node");
  const load = `console.log(require(${JSON.stringify(file)}).library_version())`;
  const { stdout } = await promisify(execFile)(process.execPath, ["-e", load]);
  expect(stdout).toMatch(/^v\d+\.\d+\.\d+/);
});

test("it names the licences of what it bundles", async () => {
  const notices = await readFile(join(stageFolder(), "dist", "ThirdPartyNotices.txt"), "utf8");
  const titles = [...notices.matchAll(/^(\S+) \d+\.\d+\.\d+\S* \(/gm)].map(([, name]) => name);
  const expected = [
    "better-sqlite3",
    "@vscode/codicons",
    "vscode-jsonrpc",
    "fastify",
    "lit",
    "@duckdb/node-api",
    "@duckdb/node-bindings",
  ];
  expect(titles).toEqual(expect.arrayContaining(expected));
});

test("it asks for no proposed API, which only this test editor would grant", async () => {
  const manifest = JSON.parse(await readFile(join(stageFolder(), "package.json"), "utf8")) as object;
  expect(manifest).not.toHaveProperty("enabledApiProposals");
});
