import { existsSync, utimesSync } from "node:fs";
import path from "node:path";
import { describe, expect, test } from "vitest";
import { defaultBackend } from "../../../src/core/lineage/defaultBackend.ts";
import { lookQuickly } from "../../../src/core/lineage/index.ts";
import { backends, Repo, tempFolder } from "./repositories.ts";

const LIMIT_MS = 30_000;

describe.each(backends)("a quick look with $name", (backend) => {
  test("says commit, branch and whether something changed", async () => {
    const repo = Repo.create().write("a", "1\n").commit();
    const clean = { commit: repo.head(), branch: "main", dirty: false };
    expect(await lookQuickly(repo.root, LIMIT_MS, backend)).toEqual(clean);
    repo.write("new", "1\n");
    expect(await lookQuickly(repo.root, LIMIT_MS, backend)).toEqual(clean);
    repo.write("a", "2\n");
    expect(await lookQuickly(repo.root, LIMIT_MS, backend)).toEqual({ ...clean, dirty: true });
    expect(await lookQuickly(tempFolder(), LIMIT_MS, backend)).toBeUndefined();
    expect(await lookQuickly(Repo.create().root, LIMIT_MS, backend)).toBeUndefined();
  });

  test("runs no filter that the repository names", async () => {
    const ran = path.join(tempFolder(), "ran");
    const repo = Repo.create().write(".gitattributes", "* filter=evil\n").write("a", "1\n").commit();
    repo.git("config", "filter.evil.clean", `touch ${ran}; cat`);
    repo.write("a", "2\n");
    utimesSync(repo.path("a"), 1, 1);
    expect(await lookQuickly(repo.root, LIMIT_MS, backend)).toMatchObject({ commit: repo.head() });
    expect(existsSync(ran)).toBe(false);
    // The same without care does run it.
    repo.git("status", "--porcelain");
    expect(existsSync(ran)).toBe(true);
  });
});

test("a host without git has the other way to read", async () => {
  expect((await defaultBackend({ PATH: tempFolder() })).name).toBe("isomorphic-git");
  expect((await defaultBackend()).name).toBe("git");
});
