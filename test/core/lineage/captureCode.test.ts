import { chmodSync, mkdirSync, readFileSync, rmSync, utimesSync } from "node:fs";
import path from "node:path";
import { describe, expect, test } from "vitest";
import {
  backends,
  binary,
  capture,
  changesOf,
  expectRestored,
  git,
  noSecrets,
  Repo,
  restore,
  tempFolder,
  treeOf,
} from "./repositories.ts";

describe.each(backends)("with $name", (backend) => {
  const isGit = backend.name === "git";

  test("no repository", async () => {
    const { state, patch } = await capture(backend, tempFolder());
    expect(state).toMatchObject({ state: "none", root: null, commit: null, notes: [], patch: null });
    expect(patch).toBeNull();
  });

  test("an empty repository: everything is in the patch", async () => {
    const repo = Repo.create().write("train.py", "print(1)\n").write("sub/x.bin", binary(7));
    repo.write("staged.py", "x = 1\n").git("add", "staged.py");
    const { state } = await expectRestored(backend, repo);
    expect(state).toMatchObject({ state: "empty", commit: null, branch: "main", patch: { files: 3 } });
  });

  test("a clean repository has no patch", async () => {
    const repo = Repo.create().write("a.py", "1\n").commit();
    const { state } = await expectRestored(backend, repo);
    expect(state).toMatchObject({ state: "recorded", commit: repo.head(), branch: "main" });
    expect(state).toMatchObject({ dirty: false, changed: [], patch: null, root: repo.root });
    expect(state.took).toBeGreaterThanOrEqual(0);
  });

  test("what is touched but the same is not changed", async () => {
    const repo = Repo.create().write("a.py", "1\n").commit();
    utimesSync(repo.path("a.py"), 1, 1);
    expect((await expectRestored(backend, repo)).state).toMatchObject({ dirty: false, changed: [] });
  });

  test("a folder below the root of the repository", async () => {
    const repo = Repo.create().write("a.py", "1\n").write("sub/b.py", "1\n").commit();
    repo.write("a.py", "2\n").write("sub/c.py", "1\n");
    const { state } = await capture(backend, repo.path("sub"));
    expect(state).toMatchObject({ root: repo.root, dirty: true, patch: { files: 2 } });
  });

  test("changed, added, deleted, staged and both", async () => {
    const repo = Repo.create();
    for (const name of ["a", "b", "c", "d", "e"]) repo.write(name, `${name}\n`.repeat(50));
    repo.commit();
    repo.write("a", "a\n".repeat(25) + "new\n" + "a\n".repeat(25)); // in the work tree only
    repo.write("b", "staged\n").git("add", "b"); // staged only
    repo.write("c", "staged\n").git("add", "c");
    repo.write("c", "staged\nand more\n"); // both
    repo.remove("d");
    repo.git("rm", "-q", "e");
    repo.write("f", "new\n").git("add", "f");
    repo.write("g/h", "untracked\n");
    const captured = await expectRestored(backend, repo);
    expect(captured.state.dirty).toBe(true);
    expect(changesOf(captured)).toEqual({
      ...{ a: "modified", b: "modified", c: "modified", d: "deleted", e: "deleted" },
      ...{ f: "added", "g/h": "untracked" },
    });
  });

  test("staged and changed back is not changed; removed from the index only is not deleted", async () => {
    const repo = Repo.create().write("a", "1\n").write("b", "1\n").commit();
    repo.write("a", "2\n").git("add", "a");
    repo.write("a", "1\n");
    repo.git("rm", "-q", "--cached", "b");
    expect((await expectRestored(backend, repo)).state).toMatchObject({ changed: [], dirty: false });
    repo.write("b", "2\n");
    expect(changesOf(await expectRestored(backend, repo))).toEqual({ b: "modified" });
  });

  test("files that only the index has are not there", async () => {
    const repo = Repo.create().write("a", "1\n").commit();
    repo.write("b", "1\n").git("add", "b");
    repo.remove("b");
    expect((await expectRestored(backend, repo)).state.changed).toEqual([]);
  });

  test("intent to add", async () => {
    const repo = Repo.create().write("a", "1\n").commit();
    repo.write("b", "new\n").git("add", "-N", "b");
    expect(changesOf(await expectRestored(backend, repo))).toEqual({ b: "added" });
  });

  test("renames, staged and not", async () => {
    const long = "line\n".repeat(40);
    const repo = Repo.create()
      .write("a", `${long}a\n`)
      .write("b", `${long}b\n`)
      .write("c", `${long}c\n`)
      .commit();
    repo.git("mv", "a", "moved/../a2");
    repo.write("a2", `${long}a\nmore\n`);
    repo.git("mv", "b", "b2");
    repo.write("c2", readFileSync(repo.path("c"))).remove("c");
    const captured = await expectRestored(backend, repo);
    expect(changesOf(captured)).toMatchObject(
      isGit ? { a2: "renamed", b2: "renamed", c: "deleted", c2: "untracked" } : { b: "deleted", b2: "added" },
    );
  });

  test("binary files: changed, new, deleted, empty, larger and smaller", async () => {
    const repo = Repo.create()
      .write("a", binary(3))
      .write("b", binary(5))
      .write("c", "")
      .write("e", binary(9))
      .commit();
    repo
      .write("a", binary(11, 9000))
      .remove("b")
      .write("c", binary(1, 1))
      .write("d", binary(13))
      .write("e", "");
    repo.write("new empty", "").write("sub/x", Buffer.from([0]));
    const { patch, state } = await expectRestored(backend, repo);
    expect(state.patch).toMatchObject({ files: 7, bytes: patch?.length });
  });

  test("a file that was text and is binary, and the other way round", async () => {
    const repo = Repo.create().write("a", "text\n".repeat(9)).write("b", binary(5)).commit();
    repo.write("a", binary(3)).write("b", "text\n".repeat(9));
    await expectRestored(backend, repo);
  });

  test("line ends: CRLF, mixed, lone CR, none at the end", async () => {
    const repo = Repo.create()
      .write("crlf", "a\r\nb\r\nc\r\n")
      .write("lf", "a\nb\nc\n")
      .write("end", "a\nb")
      .commit();
    repo.write("crlf", "a\r\nB\r\nc\n").write("lf", "a\r\nb\r\nc\r\n").write("end", "a\nb\n");
    repo.write("new", "x\r\ny\rdiff --git a/x b/x\r\nz").write("only", "\n");
    repo.write(
      "tricky",
      "diff --git a/x b/x\n--- a/x\n+++ b/x\n@@ -1 +1 @@\n\\ No newline\nGIT binary patch\n",
    );
    await expectRestored(backend, repo);
    repo.commit().write("tricky", "GIT binary patch\n@@ -1 +1 @@\n-\n").write("end", "a\nb");
    await expectRestored(backend, repo);
  });

  test("line ends that Git converts", async () => {
    const repo = Repo.create().write(".gitattributes", "*.txt text eol=crlf\n*.md text\n");
    repo.write("a.txt", "1\r\n2\r\n3\r\n").write("b.txt", "1\r\n").write("c.md", "1\n").commit();
    expect((await capture(backend, repo.root)).state.changed).toEqual([]);
    utimesSync(repo.path("b.txt"), 1, 1);
    expect((await capture(backend, repo.root)).state.changed).toEqual([]);
    repo.write("a.txt", "1\r\n2\r\nchanged\r\n").write("new.txt", "x\r\n").write("c.md", "2\n");
    const captured = await expectRestored(backend, repo);
    expect(captured.patch?.includes("\r")).toBe(false);
    expect(captured.state.patch?.files).toBe(3);
  });

  test("core.autocrlf, a file with CRLF in the commit included", async () => {
    const repo = Repo.create().write("kept", "1\r\n2\r\n").commit();
    repo.git("config", "core.autocrlf", "true");
    repo.write("a", "1\r\n2\r\n").commit();
    repo.write("a", "1\r\n3\r\n").write("kept", "1\r\n3\r\n").write("new", "1\r\n");
    const captured = await expectRestored(backend, repo, "-c", "core.autocrlf=true");
    expect(captured.state.patch?.files).toBe(3);
  });

  test("modes", async () => {
    const repo = Repo.create().write("run.sh", "echo\n").write("x.sh", "echo\n", 0o755).commit();
    chmodSync(repo.path("run.sh"), 0o755);
    repo.write("x.sh", "echo 1\n", 0o644).write("new.sh", "echo\n", 0o755);
    const captured = await expectRestored(backend, repo);
    expect(changesOf(captured)).toEqual({ "run.sh": "modified", "x.sh": "modified", "new.sh": "untracked" });
    repo.git("config", "core.fileMode", "false");
    const without = await capture(backend, repo.root);
    expect(changesOf(without)).toEqual({ "x.sh": "modified", "new.sh": "untracked" });
  });

  test("links: changed, new, dangling, to a folder; a file that becomes one and back", async () => {
    const repo = Repo.create().write("d/f", "1\n").write("a", "1\n").link("l", "a").link("m", "a").commit();
    repo.link("l", "d").link("n", "nowhere").link("a", "d/f").link("o", "d");
    rmSync(repo.path("m"));
    repo.write("m", "a file\n");
    const captured = await expectRestored(backend, repo);
    expect(changesOf(captured)).toMatchObject({ a: "typeChanged", l: "modified", m: "typeChanged" });
  });

  test("a file that becomes a folder, a folder that becomes a file", async () => {
    const repo = Repo.create().write("a", "1\n").write("b/c", "1\n").write("b/d", "1\n").commit();
    rmSync(repo.path("a"));
    repo.write("a/x", "1\n").remove("b").write("b", "1\n");
    await expectRestored(backend, repo);
    const file = (name: string) => (name === "a" || name === "b/c" ? "secret" : undefined);
    const captured = await capture(backend, repo.root, { secrets: { ...noSecrets, file } });
    expect(captured.state.leftOut.map(({ name }) => name).sort()).toEqual(["a", "a/x", "b", "b/c"]);
    expect(Object.keys(treeOf(restore(repo.root, captured))).sort()).toEqual(["a", "b/c"]);
  });

  test("odd names", async () => {
    const names = [
      "a b",
      'q"uote',
      "new\nline",
      "tab\t",
      "ü/ß 日本",
      "-rf",
      "--output=x",
      "back\\slash",
      " ",
      "é\u0301",
    ];
    names.push(":(top)x", "*", "[a]", "!x", "#x", "a/ b/c", "x b/x", "diff --git a b", "trailing ", "\u0001");
    const repo = Repo.create();
    for (const name of names) repo.write(name, "1\n");
    repo.commit();
    for (const name of names)
      repo.write(name, "2\n").write(`new ${name}`, "1\n").write(`${name}.bin`, binary(3, 20));
    const captured = await expectRestored(backend, repo);
    expect(captured.state.patch?.files).toBe(3 * names.length);
    for (const name of names) repo.remove(name);
    await expectRestored(backend, repo);
  });

  test("ignored files are not looked at", async () => {
    const repo = Repo.create().write(".gitignore", "*.log\n/data/\n!keep.log\nb[u]ild\n").commit();
    repo.write("x.log", "1\n").write("data/x", "1\n").write("keep.log", "1\n").write("sub/build/x", "1\n");
    repo.write("sub/.gitignore", "y\n").write("sub/y", "1\n").write("sub/z", "1\n");
    repo.write(".git/info/exclude", "hidden\n").write("hidden", "1\n");
    const captured = await capture(backend, repo.root);
    expect(Object.keys(changesOf(captured)).sort()).toEqual(["keep.log", "sub/.gitignore", "sub/z"]);
    const skip = (name: string) => ["x.log", "data", "sub/build", "sub/y", "hidden"].includes(name);
    expect(treeOf(restore(repo.root, captured))).toEqual(treeOf(repo.root, skip));
  });

  test("files that are ignored and yet committed count", async () => {
    const repo = Repo.create().write("x.log", "1\n").commit();
    repo.write(".gitignore", "*.log\n").commit().write("x.log", "2\n");
    expect(changesOf(await expectRestored(backend, repo))).toEqual({ "x.log": "modified" });
  });

  test("a repository in a folder that is not a submodule is named", async () => {
    const repo = Repo.create().write("a", "1\n").commit();
    mkdirSync(repo.path("inner"));
    git(repo.path("inner"), "init", "-q");
    new Repo(repo.path("inner")).write("x", "1\n").commit();
    const { state } = await capture(backend, repo.root);
    expect(state.leftOut).toEqual([{ name: "inner/", reason: "a Git repository of its own" }]);
  });

  test("detached", async () => {
    const repo = Repo.create().write("a", "1\n").commit();
    repo.git("checkout", "-q", "--detach");
    repo.write("a", "2\n");
    expect((await expectRestored(backend, repo)).state).toMatchObject({ branch: null, commit: repo.head() });
  });

  test("shallow, with packed objects and packed refs", async () => {
    const origin = Repo.create().write("a", "1\n").commit().write("a", "2\n").commit();
    const folder = tempFolder();
    git(folder, "clone", "-q", "--depth=1", `file://${origin.root}`, "clone");
    const clone = new Repo(path.join(folder, "clone"));
    clone.git("gc", "-q");
    clone.write("a", "3\n");
    const captured = await capture(backend, clone.root);
    expect(captured.state).toMatchObject({ commit: origin.head(), notes: [], leftOut: [] });
    expect(treeOf(restore(origin.root, captured))).toEqual(treeOf(clone.root));
  });

  test("an unmerged index", async () => {
    const repo = Repo.create().write("a", "1\n").write("gone", "1\n").commit();
    repo.git("checkout", "-q", "-b", "other");
    repo.write("a", "other\n").write("gone", "other\n").write("added", "theirs\n").commit();
    repo.git("checkout", "-q", "main");
    repo.write("a", "main\n").remove("gone").write("added", "ours\n").commit();
    expect(() => repo.git("merge", "other")).toThrow();
    const captured = await expectRestored(backend, repo);
    expect(changesOf(captured)).toEqual({ a: "unmerged", gone: "unmerged", added: "unmerged" });
  });

  test("size limits: what is too large is named", async () => {
    const repo = Repo.create().write("a", "1\n").commit();
    for (const size of [100, 200, 300, 1001]) repo.write(`f${size}`, "x".repeat(size));
    repo.write("a", "2\n".repeat(1000));
    const limits = { untrackedFile: 1000, untrackedTotal: 400, changedFile: 1000 };
    const { state } = await capture(backend, repo.root, { limits });
    expect(state.patch?.files).toBe(2);
    expect(Object.fromEntries(state.leftOut.map(({ name, reason }) => [name, reason]))).toEqual({
      a: "larger than 1000 bytes",
      f300: "the new files are larger than 400 bytes together",
      f1001: "a new file larger than 1000 bytes",
    });
    const small = await capture(backend, repo.root, { limits: { patch: 500 } });
    expect(small.patch).toBeNull();
    expect(small.state.leftOut).toHaveLength(5);
  });

  test("secrets: files by name, files by content, old and new", async () => {
    const repo = Repo.create().write("key.py", "key = 'SECRET'\n").write("config.py", "a = 1\n").commit();
    repo.write("key.py", "key = load()\n").write("config.py", "a = 'SECRET'\n").write("ok.py", "1\n");
    repo
      .write(".env", "A=SECRET\n")
      .write("x.bin", Buffer.concat([binary(3), Buffer.from("password=SECRET")]));
    const secrets = {
      file: (name: string) => (path.basename(name).startsWith(".env") ? "matches .env" : undefined),
      text: (text: string) => ({
        leftOut: text.includes("SECRET") ? [{ name: "x", reason: "a token" }] : [],
      }),
    };
    const captured = await capture(backend, repo.root, { secrets });
    const named = captured.state.leftOut.map(({ name, reason }) => `${name}: ${reason}`).sort();
    expect(named).toEqual([".env: matches .env", "config.py: a token", "key.py: a token", "x.bin: a token"]);
    expect(captured.patch?.toString()).not.toContain("SECRET");
    expect(captured.state).toMatchObject({ patch: { files: 1 }, dirty: true });
    const restored = treeOf(restore(repo.root, captured));
    expect(restored).toMatchObject({ "ok.py": "- 1\n", "key.py": "- key = 'SECRET'\n" });
  });

  test("the remote is recorded without user and password", async () => {
    const repo = Repo.create().write("a", "1\n").commit();
    repo.git("remote", "add", "origin", "https://me:token@example.com/x.git");
    expect((await capture(backend, repo.root)).state.remote).toBe("https://example.com/x.git");
    repo.git("remote", "add", "fork", "git@example.com:me/x.git");
    repo.git("config", "branch.main.remote", "fork");
    expect((await capture(backend, repo.root)).state.remote).toBe("git@example.com:me/x.git");
  });
});
