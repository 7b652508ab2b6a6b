import { existsSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import { backends, capture, Repo, tempFolder, treeOf } from "./repositories.ts";

describe.each(backends)("with $name", (backend) => {
  test("a broken repository is a failed capture that says why", async () => {
    const repo = Repo.create().write("a", "1\n").commit();
    writeFileSync(repo.path(".git/HEAD"), "");
    const { state, patch } = await capture(backend, repo.root);
    expect(state).toMatchObject({ state: "failed", patch: null });
    expect(state.notes.join()).toMatch(/\S{5}/);
    expect(patch).toBeNull();
    const index = Repo.create().write("a", "1\n").commit();
    writeFileSync(index.path(".git/index"), "DIRC but not really");
    expect((await capture(backend, index.root)).state).toMatchObject({ state: "failed" });
    const object = Repo.create().write("a", "1\n").commit();
    rmSync(object.path(".git/objects"), { recursive: true });
    expect((await capture(backend, object.root)).state).toMatchObject({ state: "failed" });
  });

  test("a committed file whose object is missing is named, the others are recorded", async () => {
    const repo = Repo.create().write("a", "1\n").write("b", "1 b\n").commit();
    const oid = repo.git("rev-parse", "HEAD:a").trim();
    rmSync(repo.path(`.git/objects/${oid.slice(0, 2)}/${oid.slice(2)}`));
    repo.write("a", "2\n").write("b", "2 b\n").write("c", "new\n");
    const { state } = await capture(backend, repo.root);
    expect(state.leftOut.map(({ name }) => name)).toEqual(["a"]);
    expect(state.patch?.files).toBe(2);
  });

  test("cancelled", async () => {
    const repo = Repo.create().write("a", "1\n").commit();
    const abort = new AbortController();
    const captured = capture(backend, repo.root, { signal: abort.signal });
    abort.abort();
    await expect(captured).rejects.toMatchObject({ name: "AbortError" });
  });

  test("too slow", async () => {
    const repo = Repo.create().write("a", "1\n").commit();
    const { state } = await capture(backend, repo.root, { limits: { time: 0 } });
    expect(state).toMatchObject({ state: "failed", notes: ["Looking took longer than 0 s."] });
  });

  test("nothing is written into the repository", async () => {
    const repo = Repo.create().write("a", "1\n").commit().write("a", "2\n").write("b", "1\n");
    const before = treeOf(repo.path(".git"));
    await capture(backend, repo.root);
    expect(treeOf(repo.path(".git"))).toEqual(before);
  });

  test("no command that the repository names runs", async () => {
    const repo = Repo.create().write("a.evil", "1\n").write("b.txt", "1\n").commit();
    const mark = path.join(tempFolder(), "ran");
    const command = `touch ${mark}; cat`;
    repo.write(".gitattributes", "*.evil filter=evil diff=evil\n*.txt diff=evil\n");
    const settings: Record<string, string> = {
      ...{ "filter.evil.clean": command, "filter.evil.smudge": command, "filter.evil.required": "true" },
      ...{ "filter.other.process": command, "diff.external": command, "diff.evil.command": command },
      ...{ "diff.evil.textconv": command, "core.fsmonitor": command, "core.pager": command },
      ...{
        "core.hooksPath": repo.path("hooks"),
        "core.sshCommand": command,
        "credential.helper": `!${command}`,
      },
      ...{ "alias.status": `!${command}`, "alias.diff": `!${command}`, "core.editor": command },
      ...{ "hook.evil.command": command, "hook.evil.event": "post-index-change" },
    };
    repo.write("hooks/post-index-change", `#!/bin/sh\n${command}\n`, 0o755);
    repo.write(".git/hooks/post-index-change", `#!/bin/sh\n${command}\n`, 0o755);
    for (const [key, value] of Object.entries(settings)) repo.git("config", key, value);
    const planted = { ...process.env };
    onTestFinished(() => {
      process.env = planted;
    });
    process.env = { ...planted, GIT_EXTERNAL_DIFF: command, GIT_PAGER: command, GIT_DIR: "/nowhere" };
    repo.write("a.evil", "2\n").write("b.txt", "2\n").write("new.evil", "1\n");
    const { state } = await capture(backend, repo.root);
    process.env = planted;
    expect(existsSync(mark)).toBe(false);
    expect(state.patch).not.toBeNull();
    expect(state.leftOut.map(({ name }) => name).sort()).toEqual(["a.evil", "new.evil"]);
    // The same repository does run it where nobody prevents it: the trap works.
    repo.git("status");
    expect(existsSync(mark)).toBe(true);
  });
});
