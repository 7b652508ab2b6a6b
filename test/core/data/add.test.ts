import { execFileSync, spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { once } from "node:events";
import {
  appendFileSync,
  chmodSync,
  existsSync,
  mkdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import path from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { describe, expect, it, vi } from "vitest";
import { copyProgress } from "../../../src/core/data/threads/index.ts";
import { runTask } from "../../../src/core/data/threads/runTask.ts";
import { noise, table, type TempData, tempData } from "./tempData.ts";

const git = (root: string, ...args: string[]) =>
  execFileSync("git", ["-c", "user.name=Ada", "-c", "user.email=ada@example.org", ...args], {
    cwd: root,
    encoding: "utf8",
  });

function unwritten({ project }: TempData): void {
  expect(project.database.prepare("SELECT count(*) FROM data_file WHERE state <> 1").pluck().get()).toBe(0);
}

vi.setConfig({ testTimeout: 120_000 });

describe("adding", () => {
  it("writes pointer and ignore line, and makes no new version of what is the same", async () => {
    const data = tempData();
    git(data.root, "init", "-q");
    data.write("raw/t [1].csv", table(10));
    const first = await data.add("raw/t [1].csv", { message: "first" });
    expect(first).toMatchObject({
      path: "raw/t [1].csv",
      version: 1,
      unchanged: false,
      size: table(10).length,
      message: "first",
    });
    expect(first.wrote).toEqual(["raw/t [1].csv.dvc", "raw/.gitignore"]);
    expect(data.read("raw/.gitignore")).toBe("/t \\[1\\].csv\n");
    expect(data.read("raw/t [1].csv.dvc")).toBe(
      `outs:\n- md5: ${first.md5}\n  size: ${first.size}\n  hash: md5\n  path: t [1].csv\n`,
    );
    expect(await data.add("raw/t [1].csv")).toMatchObject({ version: 1, unchanged: true, wrote: [] });
    rmSync(data.file("raw/t [1].csv.dvc"));
    expect(await data.add("raw/t [1].csv")).toMatchObject({
      version: 1,
      unchanged: true,
      wrote: ["raw/t [1].csv.dvc"],
    });
    unwritten(data);
  });

  it("takes up a change that leaves size and time of a file as they were", async () => {
    const data = tempData();
    const file = data.write("a.txt", "one");
    utimesSync(file, 1000, 1000);
    await data.add("a.txt");
    writeFileSync(file, "two");
    utimesSync(file, 1000, 1000);
    expect((await data.status()).datasets[0]?.state).toBe("modified");
    expect(await data.add("a.txt")).toMatchObject({ version: 2 });
  });

  it("takes empty files, empty folders, large files and executable ones", async () => {
    const data = tempData();
    data.write("empty", "");
    expect(await data.add("empty")).toMatchObject({ md5: "d41d8cd98f00b204e9800998ecf8427e", size: 0 });
    mkdirSync(data.file("hollow/inner"), { recursive: true });
    expect(await data.add("hollow")).toMatchObject({
      files: 0,
      size: 0,
      md5: "d751713988987e9331980363e24189ce.dir",
    });
    data.write("large.bin", noise(5 << 20));
    const large = await data.add("large.bin");
    data.write("run.sh", "#!/bin/sh\n");
    chmodSync(data.file("run.sh"), 0o755);
    await data.add("run.sh");
    expect(data.read("run.sh.dvc")).toContain("  isexec: true\n");
    await data.pack();
    for (const name of ["empty", "large.bin", "run.sh"]) rmSync(data.file(name));
    rmSync(data.file("hollow"), { recursive: true });
    for (const name of ["empty", "large.bin", "run.sh", "hollow"]) await data.checkout(name);
    expect(readFileSync(data.file("large.bin")).equals(noise(5 << 20))).toBe(true);
    expect(large.size).toBe(5 << 20);
    expect((await data.status()).datasets.map(({ state }) => state)).toEqual(Array(4).fill("unchanged"));
    expect(execFileSync(data.file("run.sh")).toString()).toBe("");
    unwritten(data);
  });

  it("follows links to files, leaves out those to folders, refuses those to nowhere", async () => {
    const data = tempData();
    data.write("real.txt", "content");
    data.write("d/own.txt", "own");
    symlinkSync(data.file("real.txt"), data.file("d/link.txt"));
    mkdirSync(data.file("elsewhere"));
    symlinkSync(data.file("elsewhere"), data.file("d/folder"));
    const added = await data.add("d");
    expect(added).toMatchObject({ files: 2 });
    expect(added.warnings).toEqual([expect.stringContaining("folder")]);
    symlinkSync("nowhere", data.file("d/broken"));
    await expect(data.add("d")).rejects.toMatchObject({
      code: "invalid",
      message: expect.stringContaining("broken") as string,
    });
  });

  it("refuses names that are not UTF-8, and warns of names that differ in case only", async () => {
    const data = tempData();
    data.write("d/a.txt", "1");
    data.write("d/A.txt", "2");
    expect((await data.add("d")).warnings).toEqual([expect.stringMatching(/a\.txt.*Windows/i)]);
    data.write("d/\ufffd.txt", "a name that is meant so");
    expect(await data.add("d")).toMatchObject({ files: 3 });
    writeFileSync(Buffer.concat([Buffer.from(`${data.file("d")}/`), Buffer.from([0x66, 0xff])]), "x");
    await expect(data.add("d")).rejects.toMatchObject({
      code: "invalid",
      message: expect.stringContaining("UTF-8") as string,
    });
  });

  it.each([
    ["../outside.csv", "invalid"],
    [".", "invalid"],
    [".cairn/x", "invalid"],
    [".git/config", "invalid"],
    ["not-there.csv", "notFound"],
    ["d/inner.csv", "refused"],
    ["whole", "refused"],
    ["tracked.csv", "refused"],
    ["broken.csv", "corrupt"],
  ])("refuses %s: %s", async (name, code) => {
    const data = tempData();
    git(data.root, "init", "-q");
    for (const each of ["d/inner.csv", "whole/part.csv", "tracked.csv", "broken.csv"]) data.write(each, "1");
    await data.add("d");
    await data.add("whole/part.csv");
    git(data.root, "add", "-f", "tracked.csv");
    data.write("broken.csv.dvc", "outs: [1\n");
    await expect(data.add(name)).rejects.toMatchObject({ code });
    unwritten(data);
  });

  it("notices that a file changes while it reads it", () => {
    const data = tempData();
    const file = data.write("log.bin", noise(3 << 20));
    const task = { file, name: "log.bin" };
    const grow = () => appendFileSync(file, "more");
    const progress = copyProgress();
    expect(runTask.copy({ ...task, target: `${file}.copy`, progress }, grow)).toBeNull();
    expect(runTask.follow({ file: `${file}.copy`, progress }, () => undefined)).toBeNull();
    expect(() => runTask.identify({ files: [task] }, grow)).toThrow(
      expect.objectContaining({ code: "busy", message: expect.stringContaining("log.bin") as string }),
    );
  });

  it("gives what a file was at one moment, or nothing, while somebody writes to it", async () => {
    const data = tempData();
    const file = data.write("log.bin", noise(6 << 20));
    const script = `const fs = require("fs"); for (;;) { fs.appendFileSync(process.argv[1], "more"); }`;
    const writer = spawn(process.execPath, ["-e", script, file]);
    try {
      while (statSync(file).size === 6 << 20) await delay(5);
      const added = await data.add("log.bin").catch((error: unknown) => error);
      if (added instanceof Error) {
        expect(added).toMatchObject({ code: "busy" });
        expect(existsSync(`${file}.dvc`)).toBe(false);
      } else {
        const { md5, size } = added as { md5: string; size: number };
        const then = readFileSync(file).subarray(0, size);
        expect(createHash("md5").update(then).digest("hex")).toBe(md5);
      }
    } finally {
      writer.kill("SIGKILL");
      await once(writer, "exit");
    }
    unwritten(data);
    expect(await data.add("log.bin")).toMatchObject({ unchanged: false });
  });

  it("leaves nothing behind when it is cancelled", async () => {
    const data = tempData();
    for (let i = 0; i < 3; i++) data.write(`d/${i}.bin`, noise(5 << 20, i));
    const adding = data.add("d");
    setTimeout(() => data.abort.abort(), 30);
    await expect(adding).rejects.toMatchObject({ code: "cancelled" });
    expect(existsSync(data.file("d.dvc"))).toBe(false);
    unwritten(data);
  });

  it("keeps a file with holes small", async () => {
    const data = tempData();
    const file = data.write("sparse.bin", "begin");
    truncateSync(file, 1 << 30);
    appendFileSync(file, "end");
    const { md5 } = await data.add("sparse.bin");
    const stored = data.project.store.files.pathOf(data.project.store.find(md5).path);
    expect(Number(execFileSync("du", ["-k", stored]).toString().split("\t")[0])).toBeLessThan(1024);
    rmSync(file);
    await data.checkout("sparse.bin");
    expect(Number(execFileSync("du", ["-k", file]).toString().split("\t")[0])).toBeLessThan(1024);
  }, 120_000);

  it("tells two contents with one MD5 apart", async () => {
    // The first published pair (Wang, Feng, Lai, Yu 2004).
    const one = Buffer.from(
      "d131dd02c5e6eec4693d9a0698aff95c2fcab58712467eab4004583eb8fb7f8955ad340609f4b30283e488832571415a" +
        "085125e8f7cdc99fd91dbdf280373c5bd8823e3156348f5bae6dacd436c919c6dd53e2b487da03fd02396306d248cda0" +
        "e99f33420f577ee8ce54b67080a80d1ec69821bcb6a8839396f9652b6ff72a70",
      "hex",
    );
    const other = Buffer.from(one);
    for (const [at, bit] of [
      [19, 0x80],
      [45, 0x80],
      [59, 0x80],
      [83, 0x80],
      [109, 0x80],
      [123, 0x80],
    ] as const)
      other[at] = (other[at] ?? 0) ^ bit;
    const data = tempData();
    data.write("one.bin", one);
    data.write("other.bin", other);
    const { md5 } = await data.add("one.bin");
    expect(md5).toBe("79054025255fb1a26e4bc422aef54eb4");
    await expect(data.add("other.bin")).rejects.toMatchObject({
      code: "refused",
      message: expect.stringContaining(md5) as string,
    });
    unwritten(data);
  });
});

describe("checking out", () => {
  it("replaces nothing that was changed and is stored nowhere, unless forced", async () => {
    const data = tempData();
    data.write("d/a.csv", table(10));
    data.write("d/b.csv", table(20));
    await data.add("d");
    data.write("d/a.csv", "mine");
    data.write("d/new.csv", "also mine");
    await expect(data.checkout("d")).rejects.toMatchObject({
      code: "refused",
      message: expect.stringMatching(/a\.csv.*new\.csv/) as string,
    });
    expect(data.read("d/a.csv")).toBe("mine");
    expect(await data.checkout("d", true)).toMatchObject({ written: 1, removed: 1, kept: 1 });
    expect(data.read("d/a.csv")).toBe(table(10));
    expect(existsSync(data.file("d/new.csv"))).toBe(false);
    unwritten(data);
  });

  it("goes back and forth between versions with other files and folders, and takes the pointer along", async () => {
    const data = tempData();
    data.write("d/x", "a file");
    data.write("d/deep/er/y.txt", "deep");
    await data.add("d");
    rmSync(data.file("d"), { recursive: true });
    data.write("d/x/now-a-folder.txt", "inside");
    data.write("d/deep", "now a file");
    const second = await data.add("d");
    await data.checkout("d@1");
    expect([data.read("d/x"), data.read("d/deep/er/y.txt")]).toEqual(["a file", "deep"]);
    expect((await data.status()).datasets[0]).toMatchObject({ state: "unchanged", version: 1 });
    await data.checkout(`d@${second.md5.slice(0, 8)}`);
    expect([data.read("d/x/now-a-folder.txt"), data.read("d/deep")]).toEqual(["inside", "now a file"]);
    expect(data.read("d.dvc")).toContain(second.md5);
    rmSync(data.file("d"), { recursive: true });
    data.write("d", "a file now");
    await data.add("d");
    await data.checkout("d@2");
    expect(data.read("d/deep")).toBe("now a file");
    await data.checkout("d@3");
    expect(data.read("d")).toBe("a file now");
  });

  it("finds versions by Git revision, and joins them with the log", async () => {
    const data = tempData();
    git(data.root, "init", "-q", "-b", "main");
    for (const [i, rows] of [10, 20, 30].entries()) {
      data.write("t.csv", table(rows));
      await data.add("t.csv", { message: `rows ${rows}` });
      git(data.root, "add", "-A", "--", "t.csv.dvc", ".gitignore");
      git(data.root, "commit", "-qm", `version ${i + 1}`);
    }
    git(data.root, "tag", "v1.0", "HEAD~1");
    await data.checkout("t.csv@HEAD~2");
    expect(data.read("t.csv")).toBe(table(10));
    await data.checkout("t.csv@v1.0");
    expect(data.read("t.csv")).toBe(table(20));
    const { logData } = await import("../../../src/core/data/index.ts");
    const log = await logData(data.project, "t.csv");
    expect(
      log.map(({ version, message, commits }) => [version, message, commits.map(({ subject }) => subject)]),
    ).toEqual([
      [3, "rows 30", ["version 3"]],
      [2, "rows 20", ["version 2"]],
      [1, "rows 10", ["version 1"]],
    ]);
    for (const wrong of ["t.csv@99", "t.csv@no-such-tag", "t.csv@--all"])
      await expect(data.checkout(wrong)).rejects.toMatchObject({ code: "notFound" });
  });

  it("leaves everything as it was where the disk is full", async () => {
    const data = tempData();
    data.write("t.csv", table(10));
    await data.add("t.csv");
    data.write("t.csv", table(20));
    await data.add("t.csv");
    data.project.store.writeTo = () => {
      throw Object.assign(new Error("ENOSPC: no space left on device"), { code: "ENOSPC" });
    };
    await expect(data.checkout("t.csv@1")).rejects.toMatchObject({ code: "full" });
    expect(data.read("t.csv")).toBe(table(20));
    unwritten(data);
  });
});

describe("the status", () => {
  it("tells what was added, changed and removed, and what has no pointer or file", async () => {
    const data = tempData();
    for (const name of ["a", "b", "c"]) data.write(`d/${name}.txt`, name);
    data.write("e.txt", "e");
    data.write("f.txt", "f");
    for (const name of ["d", "e.txt", "f.txt"]) await data.add(name);
    data.write("d/b.txt", "changed");
    data.write("d/new.txt", "new");
    rmSync(data.file("d/a.txt"));
    rmSync(data.file("e.txt"));
    rmSync(data.file("f.txt.dvc"));
    data.write("g.txt.dvc", "outs:\n- md5: nonsense\n  path: g.txt\n");
    const { datasets, bytes } = await data.status();
    expect(datasets).toMatchObject([
      {
        path: "d",
        state: "modified",
        added: ["new.txt"],
        changed: ["b.txt"],
        removed: ["a.txt"],
        version: 1,
        stored: true,
      },
      { path: "e.txt", state: "missing" },
      { path: "f.txt", state: "noPointer", version: 1 },
      { path: "g.txt", state: "broken", problem: expect.stringContaining("g.txt.dvc") as string },
    ]);
    expect(bytes).toMatchObject({ data: 1 + 7 + 3 + 1, dvcCache: null });
    expect(
      (await data.status("d", path.join(data.root, "e.txt"))).datasets.map(({ path: name }) => name),
    ).toEqual(["d", "e.txt"]);
  });
});
