import { execFile } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterEach, beforeEach, expect, test } from "vitest";
import { npm } from "../host/bootstrap/report.mjs";
import { root } from "../host/paths.ts";

const run = promisify(execFile);
let dir: string;

beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), "cairn-line-"));
});

afterEach(async () => {
  await rm(dir, { recursive: true, force: true });
});

/** Runs `npm run --silent cairn -- …` in the checkout, as its documentation says. */
function cairn(args: string[], cwd = root) {
  const call = npm(["run", "--silent", "--prefix", root, "cairn", "--", ...args]);
  return run(call.command, call.args, { cwd });
}

test("in a checkout, the command line prints its own output and nothing else", async () => {
  const { stdout } = await cairn(["runs", "list", "--json", "--project", dir]);
  expect(JSON.parse(stdout)).toMatchObject({ runs: [] });
});

test("it works in the folder where the user stands", async () => {
  const { stdout } = await cairn(["sample", "meters"], dir);
  expect(stdout).toContain(join(dir, "meters"));
});

test("its exit code comes through", async () => {
  await expect(cairn(["no-such-command"])).rejects.toMatchObject({ code: 2 });
});
