import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { expect, test } from "vitest";
import { openDatabase } from "../../../src/core/store/index.ts";
import { root } from "../../host/paths.ts";
import { type CliProject, cliProject } from "../cli.ts";

const KILLS = process.env.CAIRN_LONG ? 200 : 15;
const cli = path.join(root, "dist", "cli.js");

const content = (version: number) =>
  Array.from(
    { length: 40_000 },
    (_, i) => `${i},${(i * 7919) % 100_003}${i % 100 === version % 100 ? `,v${version}` : ""}\n`,
  ).join("");

/** Runs a command and kills it with all its processes after some milliseconds; whether it had ended before. */
async function killed({ folder }: CliProject, args: string[], after: number): Promise<boolean> {
  const child = spawn(process.execPath, [cli, ...args], { cwd: folder, detached: true, stdio: "ignore" });
  const timer = setTimeout(() => {
    try {
      process.kill(-(child.pid ?? 0), "SIGKILL");
    } catch {
      // It has just ended.
    }
  }, after);
  const [code] = (await once(child, "exit")) as [number | null];
  clearTimeout(timer);
  return code === 0;
}

function write(folder: string, version: number): void {
  mkdirSync(path.join(folder, "d"), { recursive: true });
  writeFileSync(path.join(folder, "d", "table.csv"), content(version));
  for (let i = 0; i < 40; i++)
    writeFileSync(path.join(folder, "d", `${i}.txt`), `file ${i} of ${i < 3 ? version : 0}\n`.repeat(30));
}

const pointerMd5 = (folder: string): string | undefined =>
  existsSync(path.join(folder, "d.dvc"))
    ? /md5: (\S+)/.exec(readFileSync(path.join(folder, "d.dvc"), "utf8"))?.[1]
    : undefined;

test(
  "however often add, packing and checkout are killed, every pointer's content comes back, and nothing is left lying",
  async () => {
    const project = cliProject();
    const { folder, json, cairn } = project;
    const contents = new Map<string, number>();
    // As long as it takes here and now, so that every phase is met.
    write(folder, 0);
    let begin = performance.now();
    await json("data-add", ["data", "add", "d", "--wait"]);
    const addMs = performance.now() - begin;
    contents.set(pointerMd5(folder) ?? "", 0);
    begin = performance.now();
    await json("data-checkout", ["data", "checkout", "d"]);
    const checkoutMs = performance.now() - begin;
    for (let kill = 0; kill < KILLS; kill++) {
      const version = kill + 1;
      write(folder, version);
      const done = await killed(project, ["data", "add", "d", "--wait"], addMs * (0.2 + Math.random() * 1.3));
      const pointed = pointerMd5(folder);
      if (pointed !== undefined && !contents.has(pointed)) contents.set(pointed, version);
      if (done) expect(contents.get(pointed ?? "")).toBe(version);
      if (pointed === undefined) continue;
      // What the pointer says is all there, whenever the process died.
      await killed(project, ["data", "checkout", "d", "--force"], checkoutMs * (0.2 + Math.random() * 1.3));
      const result = await cairn(["data", "checkout", "d", "--force"]);
      expect(result.code, result.stderr).toBe(0);
      expect(readFileSync(path.join(folder, "d", "table.csv"), "utf8")).toBe(
        content(contents.get(pointed) ?? 0),
      );
    }
    write(folder, 500);
    await json("data-add", ["data", "add", "d", "--wait"]);
    for (const [md5, version] of contents) {
      await json("data-checkout", ["data", "checkout", `d@${md5.slice(0, 12)}`]);
      expect(readFileSync(path.join(folder, "d", "table.csv"), "utf8")).toBe(content(version));
      expect(readFileSync(path.join(folder, "d", "1.txt"), "utf8")).toContain(`of ${version}`);
    }
    const rests = readdirSync(folder, { recursive: true, encoding: "utf8" }).filter(
      (name) => /\.tmp$|\.cairn-/.test(name) && !name.startsWith(path.join(".cairn", "logs")),
    );
    expect(rests).toEqual([]);
    const database = openDatabase(path.join(folder, ".cairn", "cairn.db"), { readonly: true });
    const known = database
      .prepare<[], { path: string; state: number }>("SELECT path, state FROM data_file")
      .all();
    database.close();
    expect(known.filter(({ state }) => state !== 1)).toEqual([]);
    const store = path.join(folder, ".cairn", "store");
    const files = readdirSync(store, { recursive: true, encoding: "utf8" }).filter((name) =>
      /\.\w+$/.test(name),
    );
    expect(files.sort()).toEqual(known.map(({ path: name }) => name).sort());
  },
  KILLS * 60_000,
);
