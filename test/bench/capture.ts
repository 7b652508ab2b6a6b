import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { connectEngine, type EngineClient } from "../../src/engine/client/index.ts";
import { findGit } from "../../src/core/lineage/git/findGit.ts";
import { gitBackend } from "../../src/core/lineage/git/gitBackend.ts";
import { captureCode } from "../../src/core/lineage/index.ts";
import { plainBackend } from "../../src/core/lineage/plain/plainBackend.ts";
import { quantile } from "./report.ts";

const SIZES = [5_000, 20_000];
const ROUNDS = 7;
const LIMIT_MS = 1000;

/** Run starts that are compared, with the repository and without it in turn. */
const STARTS = 15;
const START_LIMIT_MS = 100;

/**
 * The state of the code in a repository with all its files in one folder, by git and without it; then what recording it
 * costs the start of a run.
 */
export default async function capture(): Promise<void> {
  await runStart(5_000);
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

/** From the request until the command says the time, in a repository and in a bare folder of the same files. */
async function runStart(size: number): Promise<void> {
  const repository = makeRepository(size);
  const bare = makeRepository(size);
  rmSync(join(bare, ".git"), { recursive: true });
  const clients: EngineClient[] = [];
  try {
    const begins: Record<string, number[]> = { repository: [], bare: [] };
    const answers: Record<string, number[]> = { repository: [], bare: [] };
    const projects = { repository, bare };
    const open = new Map<string, EngineClient>();
    for (const [name, project] of Object.entries(projects)) {
      const client = await connectEngine({ project, kind: "test", start: "ifNeeded" });
      clients.push(client);
      open.set(name, client);
    }
    for (let round = 0; round < STARTS; round++) {
      for (const [name, client] of open) {
        const asked = Date.now();
        const { runId } = await client.request("runStart", { command: ["date", "+%s%3N"] });
        answers[name]?.push(Date.now() - asked);
        begins[name]?.push((await printed(client, runId)) - asked);
      }
    }
    for (const [what, times] of Object.entries({ "command begins": begins, "request answered": answers })) {
      const [own, plain] = [quantile(times.repository ?? [], 0.5), quantile(times.bare ?? [], 0.5)];
      console.log(
        `run start, ${size.toLocaleString("en-US")} files, ${what}: ${own.toFixed(0)} ms in a repository, ` +
          `${plain.toFixed(0)} ms without; capture adds ${(own - plain).toFixed(0)} ms; limit ${START_LIMIT_MS} ms`,
      );
    }
  } finally {
    for (const client of clients) await client.request("drain", { reason: "bench" }).catch(() => undefined);
    for (const client of clients) client.dispose();
    for (const folder of [repository, bare]) rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  }
}

/** The number that a run printed, once it has ended and its surroundings are recorded. */
async function printed(client: EngineClient, runId: string): Promise<number> {
  for (;;) {
    const { text, complete } = await client.request("console", { runId, start: 0, maxBytes: 100 });
    const { jobs } = await client.request("health", {});
    const busy = jobs.some(({ state }) => state === "running" || state === "queued");
    if (complete && !busy) return Number(text.trim());
    await new Promise((resolve) => setTimeout(resolve, 20));
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
