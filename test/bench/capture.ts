import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { findGit } from "../../src/core/lineage/git/findGit.ts";
import { gitBackend } from "../../src/core/lineage/git/gitBackend.ts";
import { captureCode } from "../../src/core/lineage/index.ts";
import { plainBackend } from "../../src/core/lineage/plain/plainBackend.ts";
import { quantile } from "./report.ts";

const SIZES = [5_000, 20_000];
const ROUNDS = 7;
const LIMIT_MS = 1000;

/** The state of the code in a repository with all its files in one folder, by git and without it. */
export default async function capture(): Promise<void> {
  for (const size of SIZES) {
    const folder = makeRepository(size);
    try {
      for (const backend of [gitBackend(findGit() ?? "git"), plainBackend]) {
        const times: number[] = [];
        for (let round = 0; round < ROUNDS; round++) {
          const { signal } = new AbortController();
          const begin = performance.now();
          const { state } = await captureCode({ folder, backend, signal, secrets });
          times.push(performance.now() - begin);
          if (state.patch?.files !== 2) throw new Error(`It found another change: ${JSON.stringify(state)}`);
        }
        const middle = quantile(times, 0.5);
        const limit = backend.name === "git" ? `; limit ${LIMIT_MS} ms` : "";
        console.log(
          `${size.toLocaleString("en-US")} files, ${backend.name}: ${middle.toFixed(0)} ms ` +
            `(worst ${quantile(times, 1).toFixed(0)}${limit})`,
        );
      }
    } finally {
      rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
    }
  }
}

const secrets = { file: () => undefined, text: () => ({ leftOut: [] }) };

function makeRepository(size: number): string {
  const folder = mkdtempSync(join(tmpdir(), "cairn-capture-"));
  const git = (...args: string[]) =>
    execFileSync(
      "git",
      ["-c", "user.name=Bench", "-c", "user.email=b@example.com", "-c", "gc.auto=0", ...args],
      {
        cwd: folder,
      },
    );
  git("init", "-q");
  mkdirSync(join(folder, "data"));
  for (let i = 0; i < size; i++) writeFileSync(join(folder, "data", `${i}.txt`), `${i}\n`);
  git("add", "-A");
  git("commit", "-q", "-m", "all");
  writeFileSync(join(folder, "data", "7.txt"), "changed\n");
  writeFileSync(join(folder, "new.py"), "print(1)\n");
  return folder;
}
