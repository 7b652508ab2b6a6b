import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readFile, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { withLock } from "./bootstrap/lock.mjs";

let dir: string;

beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), "cairn-lock-"));
});

afterEach(async () => {
  await rm(dir, { recursive: true, force: true });
});

test("eight at once take turns", async () => {
  const lock = join(dir, "lock");
  const seen = join(dir, "seen");
  await writeFile(seen, "");
  await Promise.all(
    Array.from({ length: 8 }, () =>
      withLock(lock, async () => {
        const before = await readFile(seen, "utf8");
        await writeFile(seen, `${before}x`);
      }),
    ),
  );
  expect(await readFile(seen, "utf8")).toBe("xxxxxxxx");
  expect(await readdir(dir)).toEqual(["seen"]);
});

test("a killed holder's lock is taken over", async () => {
  const lock = join(dir, "lock");
  const child = spawn(process.execPath, ["-e", ""]);
  await once(child, "exit");
  await writeFile(lock, String(child.pid));
  expect(await withLock(lock, () => Promise.resolve("done"))).toBe("done");
});
