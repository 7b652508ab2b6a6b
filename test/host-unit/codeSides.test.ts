import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync, mkdirSync, renameSync, chmodSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import fc from "fast-check";
import { beforeAll, describe, expect, it } from "vitest";
import { codeSides } from "../../src/host/code/codeSides.ts";
import { readCommitted } from "../../src/host/code/gitBlob.ts";
import type { CodeState } from "../../src/shared/capture.ts";
import { applyPatch } from "../../src/shared/patch/applyPatch.ts";
import { parsePatch } from "../../src/shared/patch/parsePatch.ts";

const state: CodeState = {
  ...{ state: "recorded", backend: "git", root: "/", commit: "", branch: "main", remote: null },
  ...{ dirty: true, changed: [], patch: null, leftOut: [], notes: [], took: 0 },
};

class Repository {
  readonly folder = mkdtempSync(path.join(os.tmpdir(), "cairn-code-"));

  constructor() {
    this.git("init", "-q", "-b", "main");
    this.git("config", "user.name", "t");
    this.git("config", "user.email", "t@t");
  }

  git(...args: string[]): Buffer {
    return execFileSync("git", ["-C", this.folder, ...args]);
  }

  write(file: string, content: string | Buffer): void {
    mkdirSync(path.dirname(path.join(this.folder, file)), { recursive: true });
    writeFileSync(path.join(this.folder, file), content);
  }

  commit(): string {
    this.git("add", "-A");
    this.git("commit", "-q", "--allow-empty", "-m", "x");
    return this.git("rev-parse", "HEAD").toString().trim();
  }

  /** The work tree against the commit, new files too. */
  patch(): string {
    this.git("add", "-A");
    return this.git("diff", "--cached", "--binary", "-M", "HEAD").toString("latin1");
  }

  sides(commit: string, patch: string, file: string) {
    return codeSides(state, patch, file, (name) => readCommitted("git", this.folder, commit, name));
  }
}

const repositories: Repository[] = [];

function repository(): Repository {
  const made = new Repository();
  repositories.push(made);
  return made;
}

beforeAll(() => () => {
  for (const { folder } of repositories) rmSync(folder, { recursive: true, force: true });
});

describe("both sides of a changed file", () => {
  it("are what git has committed and what lay in the work tree", async () => {
    const repo = repository();
    const odd = 'odd "name" é\t<b>.py';
    repo.write("train.py", "a\nb\nc\n");
    repo.write("windows.txt", "one\r\ntwo\r\n");
    repo.write("no end.txt", "first\nlast");
    repo.write("old.py", "gone\n");
    repo.write("move me.py", Array.from({ length: 30 }, (_, i) => `line ${i}\n`).join(""));
    repo.write("latin.txt", Buffer.from("caf\xe9\nx\n", "latin1"));
    repo.write("run.sh", "echo\n");
    const commit = repo.commit();
    repo.write("train.py", "a\nB\nc\nd\n");
    repo.write("windows.txt", "one\r\n2\r\n");
    repo.write("no end.txt", "first\nlast\nnew");
    rmSync(path.join(repo.folder, "old.py"));
    renameSync(path.join(repo.folder, "move me.py"), path.join(repo.folder, "moved.py"));
    repo.write("moved.py", Array.from({ length: 31 }, (_, i) => `line ${i}\n`).join(""));
    repo.write("latin.txt", Buffer.from("caf\xe9\ny\n", "latin1"));
    repo.write(odd, "new\n");
    repo.write("deep/er/empty.txt", "");
    chmodSync(path.join(repo.folder, "run.sh"), 0o755);
    const patch = repo.patch();
    expect(await repo.sides(commit, patch, "train.py")).toEqual({
      before: "a\nb\nc\n",
      after: "a\nB\nc\nd\n",
    });
    expect((await repo.sides(commit, patch, "windows.txt")).after).toBe("one\r\n2\r\n");
    expect((await repo.sides(commit, patch, "no end.txt")).after).toBe("first\nlast\nnew");
    expect(await repo.sides(commit, patch, "old.py")).toEqual({ before: "gone\n", after: "" });
    const moved = await repo.sides(commit, patch, "moved.py");
    expect([moved.before.split("\n").length, moved.after.split("\n").length]).toEqual([31, 32]);
    expect((await repo.sides(commit, patch, "latin.txt")).after).toBe("caf\ufffd\ny\n");
    expect(await repo.sides(commit, patch, odd)).toEqual({ before: "", after: "new\n" });
    expect(await repo.sides(commit, patch, "deep/er/empty.txt")).toEqual({ before: "", after: "" });
    expect(await repo.sides(commit, patch, "run.sh")).toEqual({ before: "echo\n", after: "echo\n" });
  });

  it("are given for any edit of any text", async () => {
    const repo = repository();
    const line = fc.constantFrom(
      "a",
      "b",
      "",
      "+x",
      "-y",
      "@@ -1 +1 @@",
      "diff --git a/x b/x",
      "\\ No newline",
      " c\r",
    );
    const text = fc
      .tuple(fc.array(line, { maxLength: 25 }), fc.boolean())
      .map(([lines, end]) => lines.join("\n") + (end && lines.length > 0 ? "\n" : ""));
    await fc.assert(
      fc.asyncProperty(text, text, async (before, after) => {
        repo.write("f", before);
        const commit = repo.commit();
        repo.write("f", after);
        const patch = repo.patch();
        if (before === after) return;
        expect(await repo.sides(commit, patch, "f")).toEqual({ before, after });
      }),
      { numRuns: 25 },
    );
  }, 60_000);

  it("that cannot be had say why", async () => {
    const repo = repository();
    repo.write("data.bin", Buffer.from([0, 1, 2]));
    repo.write("a.py", "1\n");
    const commit = repo.commit();
    repo.write("data.bin", Buffer.from([0, 9, 2]));
    repo.write("a.py", "2\n");
    const patch = repo.patch();
    const sides = (file: string, more: Partial<CodeState> = {}, folder = repo.folder, at = commit) =>
      codeSides({ ...state, ...more }, patch, file, (name) => readCommitted("git", folder, at, name));
    await expect(sides("data.bin")).rejects.toThrow(/binary/);
    await expect(sides("b.py")).rejects.toThrow(/nothing about b.py/);
    const leftOut = [{ name: ".env", reason: "matches .env" }];
    await expect(sides(".env", { leftOut })).rejects.toThrow(/not recorded: matches .env/);
    const masked = patch.replace("-1\n", "-•••\n");
    await expect(repo.sides(commit, masked, "a.py")).rejects.toThrow(/does not fit a.py/);
    await expect(sides("a.py", {}, repo.folder, "f".repeat(40))).rejects.toThrow(
      /ffffffffff is not in this repository/,
    );
    await expect(sides("a.py", {}, os.tmpdir())).rejects.toThrow(/not in a Git repository/);
    await expect(sides("a.py", {}, repo.folder, "--help")).rejects.toThrow(/not the name of a commit/);
    await expect(readCommitted("git", repo.folder, commit, "none.py")).rejects.toThrow(
      /none.py is not in commit/,
    );
    await expect(readCommitted("/no/git", repo.folder, commit, "a.py")).rejects.toThrow(/Git was not found/);
  });
});

describe("a patch", () => {
  it("that is none gives no files, and never runs on", () => {
    fc.assert(
      fc.property(
        fc.array(
          fc.constantFrom(
            "diff --git a/x b/x",
            "--- a/x",
            "+++ b/x",
            "@@ -1,9 +1,9 @@",
            "@@ -0,0 +1 @@",
            "+a",
            "-b",
            " c",
            "\\ No",
            "rename from x",
            '+++ "b/\\303',
            "",
          ),
        ),
        (lines) => {
          for (const file of parsePatch(lines.join("\n"))) applyPatch("c\nb\n", file);
        },
      ),
      { numRuns: Number(process.env.CAIRN_FUZZ ?? 500) },
    );
    expect(parsePatch("no patch\n")).toEqual([]);
  });
});
