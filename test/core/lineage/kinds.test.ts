import { createHash } from "node:crypto";
import { existsSync, rmSync } from "node:fs";
import path from "node:path";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  backends,
  binary,
  capture,
  changesOf,
  expectRestored,
  git,
  Repo,
  tempFolder,
} from "./repositories.ts";

describe.each(backends)("with $name", { timeout: 120_000 }, (backend) => {
  const isGit = backend.name === "git";

  test("a linked work tree", async () => {
    const repo = Repo.create().write("a", "1\n").write("b", "1\n").commit();
    const linked = new Repo(path.join(tempFolder(), "linked"));
    repo.git("worktree", "add", "-q", "-b", "side", linked.root);
    linked.write("a", "2\n").write("new", "3\n").git("add", "new");
    const captured = await expectRestored(backend, linked);
    expect(captured.state).toMatchObject({ branch: "side", commit: linked.head(), root: linked.root });
    expect(changesOf(captured)).toEqual({ a: "modified", new: "added" });
    expect((await capture(backend, repo.root)).state.dirty).toBe(false);
  });

  test("a submodule: clean, at another commit, with changes inside, not checked out", async () => {
    const inner = Repo.create().write("x", "1\n").commit();
    const repo = Repo.create().write("a", "1\n").commit();
    repo.git("submodule", "--quiet", "add", inner.root, "sub");
    repo.commit();
    expect((await capture(backend, repo.root)).state).toMatchObject({ dirty: false, leftOut: [], notes: [] });

    const sub = new Repo(repo.path("sub"));
    sub.write("x", "2\n").write("y", "new\n");
    repo.write("a", "2\n");
    const changed = await capture(backend, repo.root);
    expect(changed.state.leftOut).toEqual([
      { name: "sub", reason: expect.stringMatching(/2 changed files: x, y/) as string },
    ]);
    expect(changed.state.patch).toMatchObject({ files: 1 });

    sub.commit();
    const moved = await capture(backend, repo.root);
    expect(moved.state.leftOut).toEqual([
      { name: "sub", reason: expect.stringContaining(sub.head()) as string },
    ]);

    const clone = path.join(tempFolder(), "clone");
    git(repo.root, "clone", "-q", repo.root, clone);
    expect((await capture(backend, clone)).state).toMatchObject({ dirty: false, leftOut: [] });
  });

  test("a filter is not run: what goes through it is named, with its digest", async () => {
    const repo = Repo.create().write(".gitattributes", "*.up filter=up\n");
    const proof = path.join(tempFolder(), "ran");
    repo.git("config", "filter.up.clean", `tr a-z A-Z; touch ${proof}`);
    repo.git("config", "filter.up.smudge", "tr A-Z a-z");
    repo.write("a.up", "words\n").write("b.py", "1\n").commit();
    rmSync(proof, { force: true });
    repo.write("a.up", "other words\n").write("b.py", "2\n");
    const { state } = await capture(backend, repo.root);
    expect(state.leftOut).toEqual([
      {
        name: "a.up",
        reason: expect.stringMatching(/filter "up", which is not run \(content: SHA-256/) as string,
      },
    ]);
    expect(state.patch).toMatchObject({ files: 1 });
    expect(existsSync(proof)).toBe(false);
  });

  test("a file of Git LFS that is what its pointer says is not changed", async () => {
    const repo = Repo.create().write(".gitattributes", "*.bin filter=lfs\n");
    const content = "large\n";
    const oid = "1b5b5c6e".repeat(8);
    repo.write("other.bin", `version https://git-lfs.github.com/spec/v1\noid sha256:${oid}\nsize 6\n`);
    const real = createHash("sha256").update(content).digest("hex");
    repo
      .write("same.bin", `version https://git-lfs.github.com/spec/v1\noid sha256:${real}\nsize 6\n`)
      .commit();
    // As `git lfs install` configures it; the program itself is not needed to look.
    repo.git("config", "filter.lfs.clean", "git-lfs clean -- %f");
    repo.write("same.bin", content).write("other.bin", content);
    const { state } = await capture(backend, repo.root);
    expect(state.leftOut.map(({ name }) => name)).toEqual(["other.bin"]);
    expect(state.changed.map(({ path: name }) => name)).toEqual(["other.bin"]);
  });

  test("a sparse checkout", async () => {
    const repo = Repo.create().write("in/a", "1\n").write("out/b", "1\n").write("out/c", "1\n").commit();
    repo.git("sparse-checkout", "set", "--no-cone", "/in/");
    repo.write("in/a", "2\n").write("in/new", "1\n");
    const captured = await capture(backend, repo.root);
    expect(captured.state.notes).toEqual([expect.stringContaining("Sparse checkout: 2 files")]);
    expect(changesOf(captured)).toEqual({ "in/a": "modified", "in/new": "untracked" });
  });

  test("a partial clone does not fetch", async () => {
    const origin = Repo.create().write("a", "1\n").write("b", binary(7)).commit();
    origin.git("config", "uploadpack.allowFilter", "true");
    const clone = new Repo(path.join(tempFolder(), "clone"));
    git(
      origin.root,
      "clone",
      "-q",
      "--filter=blob:none",
      "--no-checkout",
      `file://${origin.root}`,
      clone.root,
    );
    clone.git("reset", "-q");
    clone.write("a", "2\n").write("b", "changed\n");
    rmSync(origin.root, { recursive: true });
    const { state } = await capture(backend, clone.root);
    expect(state.state).toBe("recorded");
    expect(state.leftOut.map(({ name }) => name).sort()).toEqual(["a", "b"]);
  });

  test("an index of version 4", async () => {
    const repo = Repo.create();
    for (let i = 0; i < 50; i++) repo.write(`folder/with a long name ${i}`, `${i}\n`);
    repo.commit();
    repo.git("update-index", "--index-version", "4");
    repo.write("folder/with a long name 7", "changed\n");
    expect(changesOf(await expectRestored(backend, repo))).toEqual({
      "folder/with a long name 7": "modified",
    });
  });

  test("a repository of SHA-256", async () => {
    const repo = Repo.create("--object-format=sha256").write("a", "1\n").commit().write("a", "2\n");
    if (isGit) {
      const { state, patch } = await capture(backend, repo.root);
      expect(state).toMatchObject({ state: "recorded", commit: repo.head(), patch: { files: 1 } });
      expect(patch?.toString()).toContain("+2");
    } else {
      const { state } = await capture(backend, repo.root);
      expect(state).toMatchObject({ state: "failed", notes: [expect.stringContaining("sha256")] });
    }
  });

  test("20,000 files in one folder", async () => {
    const repo = Repo.create();
    for (let i = 0; i < 20_000; i++) repo.write(`data/${i}.txt`, `${i}\n`);
    repo.commit();
    repo.write("data/777.txt", "changed\n").write("data/new.txt", "new\n").remove("data/5.txt");
    const captured = await capture(backend, repo.root);
    expect(changesOf(captured)).toEqual({
      ...{ "data/5.txt": "deleted", "data/777.txt": "modified", "data/new.txt": "untracked" },
    });
    expect(captured.state.patch).toMatchObject({ files: 3 });
  });

  test("whatever is changed, the patch makes the same tree", async () => {
    const name = fc.constantFrom("a", "b.txt", "dir/c", "dir/d.bin", "deep/er/e", "name with space", "é");
    const text = fc
      .array(fc.constantFrom("one", "two", "three", "", "tab\t", "cr\r", "é"), { maxLength: 30 })
      .chain((lines) => fc.constantFrom("\n", "").map((end) => lines.join("\n") + end));
    const content = fc.oneof(
      text.map((value) => Buffer.from(value)),
      fc.uint8Array({ maxLength: 200 }).map((bytes) => Buffer.from(bytes)),
    );
    const file = fc.record({ name, content, executable: fc.boolean() });
    const files = fc.uniqueArray(file, { selector: (each) => each.name, minLength: 1, maxLength: 6 });
    const edit = fc.record({
      name,
      content: fc.option(content),
      executable: fc.boolean(),
      staged: fc.boolean(),
    });
    await fc.assert(
      fc.asyncProperty(files, fc.array(edit, { maxLength: 5 }), async (before, edits) => {
        const repo = Repo.create();
        for (const each of before) repo.write(each.name, each.content, each.executable ? 0o755 : 0o644);
        repo.commit();
        for (const each of edits) {
          if (each.content === null) rmSync(repo.path(each.name), { force: true });
          else repo.write(each.name, each.content, each.executable ? 0o755 : 0o644);
          if (each.staged) repo.git("add", "-A");
        }
        await expectRestored(backend, repo);
      }),
      { numRuns: 12 },
    );
  });
});
