import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { projectPaths } from "../../../src/core/project/index.js";
import { CAPTURED, type CodeState } from "../../../src/shared/capture.js";
import { captureCode } from "../../../src/worker/captureCode.js";
import { Repo, restore, tempFolder, treeOf } from "./repositories.ts";

function run(folder: string, artifacts: string, redact: string[] = []): Promise<CodeState> {
  const { signal } = new AbortController();
  const context = { paths: projectPaths(folder), progress: () => undefined, signal };
  return captureCode({ runId: "r", folder, artifacts, redact }, context);
}

test("the job writes patch and description, from which the tree can be made again", async () => {
  const repo = Repo.create().write("train.py", "lr = 0.1\n").commit();
  repo.write("train.py", "lr = 0.2\n").write("model.py", "layers = 3\n");
  const artifacts = path.join(tempFolder(), "not/there/yet");
  const state = await run(repo.root, artifacts);
  expect(JSON.parse(readFileSync(path.join(artifacts, CAPTURED.code), "utf8"))).toEqual(state);
  const patch = readFileSync(path.join(artifacts, CAPTURED.patch));
  expect(state.patch).toEqual({ bytes: patch.length, files: 2 });
  expect(treeOf(restore(repo.root, { state, patch }))).toEqual(treeOf(repo.root));
  expect(readdirSync(path.join(artifacts, "cairn")).sort()).toEqual(["changes.patch", "code.json"]);
});

test("captured again without changes, no old patch is left", async () => {
  const repo = Repo.create().write("a", "1\n").commit().write("a", "2\n");
  const artifacts = tempFolder();
  expect((await run(repo.root, artifacts)).patch).not.toBeNull();
  repo.commit();
  expect((await run(repo.root, artifacts)).patch).toBeNull();
  expect(existsSync(path.join(artifacts, CAPTURED.patch))).toBe(false);
});

test("no secret gets into the patch: files, tokens, values of .env and of the environment, patterns", async () => {
  const repo = Repo.create().write("sub/train.py", "1\n").write("old.py", "1\n").commit();
  process.env.TEST_API_KEY = "environment-value-9x";
  onTestFinished(() => {
    delete process.env.TEST_API_KEY;
  });
  repo.write(".env", "DB_PASSWORD=hunter2-hunter2\n").write("id_rsa", "private\n");
  repo.write("a.py", "connect('hunter2-hunter2')\n").write("b.py", "use('environment-value-9x')\n");
  repo.write("c.py", `t = 'ghp_${"a1B2c3D4e5".repeat(4)}'\n`).write("notes.secret", "private\n");
  repo.write("weights.bin", Buffer.from(`\0\0\0hunter2-hunter2\0\0`)).write("ok.py", "print('ok')\n");
  writeFileSync(repo.path("old.py"), "password = 'hunter2-hunter2'\n");
  const artifacts = tempFolder();
  const state = await run(repo.path("sub"), artifacts, ["*.secret"]);
  const left = state.leftOut.map(({ name }) => name).sort();
  expect(left).toEqual([".env", "a.py", "b.py", "c.py", "id_rsa", "notes.secret", "old.py", "weights.bin"]);
  const written = Object.values(treeOf(artifacts)).join();
  for (const secret of ["hunter2", "environment-value", "ghp_", "private\n"])
    expect(written).not.toContain(secret);
  expect(written).toContain("print('ok')");
});

test("a folder without a repository says so", async () => {
  const artifacts = tempFolder();
  const state = await run(tempFolder(), artifacts);
  expect(state).toMatchObject({ state: "none", patch: null });
  expect(existsSync(path.join(artifacts, CAPTURED.code))).toBe(true);
});
