import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import type { Logger } from "../../src/core/logger.ts";
import { openTrackingStore } from "../../src/core/tracking/index.ts";
import { cached } from "../host/cache.ts";
import { root } from "../host/paths.ts";
import { pythonOf } from "../peers/env.ts";
import { runQuietly } from "../host/bootstrap/report.mjs";

export const METRICS = 20;
export const PARAMS = 20;
/** Milliseconds since the epoch at which the first run starts. */
const START = 1_700_000_000_000;
const MAX_BATCH = 1000;

export interface Seed {
  runs: number;
  /** Metric points in all: a multiple of runs × metrics. */
  points: number;
  /** Metrics of each run; METRICS unless told. The peer's database knows no other number. */
  metrics?: number;
}

export const quietLogger: Logger = {
  debug: () => undefined,
  info: () => undefined,
  warn: console.warn,
  error: console.error,
};

/**
 * A Cairn database with `runs` runs of 20 metrics and 20 parameters each, written through the store; made once for
 * each set of numbers and each state of the store's sources, and kept in the cache outside the clone. Returns its path:
 * whoever writes to it takes a copy.
 */
export async function seedCairn(seed: Seed): Promise<string> {
  const dir = await cached("seed", "cairn", recipe(seed, ["src/core/store", "src/core/tracking"]), (target) =>
    writeCairn(join(target, "cairn.db"), seed),
  );
  return join(dir, "cairn.db");
}

/** The same data in a database of MLflow's own making, seeded by SQL; its server would take days. Returns its path. */
export async function seedMlflow(seed: Seed): Promise<string> {
  const python = await pythonOf("tracking");
  const dir = await cached("seed", "mlflow", `${python}\n${recipe(seed, [])}`, async (target) => {
    await mkdir(target, { recursive: true });
    const script = join(root, "test", "bench", "seed_mlflow.py");
    const { runs, points } = seed;
    const numbers = [runs, points / runs / METRICS, METRICS, PARAMS, START].map(String);
    await runQuietly(python, [script, join(target, "mlflow.db"), ...numbers]);
  });
  return join(dir, "mlflow.db");
}

function recipe({ runs, points, metrics }: Seed, folders: string[]): string {
  const hash = createHash("sha256");
  for (const folder of ["test/bench/seed.ts", "test/bench/seed_mlflow.py", ...folders])
    hashInto(hash, folder);
  return `${runs} ${points}${metrics === undefined ? "" : ` ${metrics}`} ${hash.digest("hex")}`;
}

function hashInto(hash: ReturnType<typeof createHash>, relative: string): void {
  const path = join(root, relative);
  if (/\.\w+$/.test(relative)) hash.update(readFileSync(path));
  else for (const name of readdirSync(path).sort()) hashInto(hash, `${relative}/${name}`);
}

/** Run `run`'s value of a metric at a step; the same formula stands in seed_mlflow.py. */
export function valueOf(run: number, metric: number, step: number): number {
  return ((run * 7919 + metric * 104_729 + step * 1_299_709) % 1_000_003) / 1_000_003;
}

export function paramOf(run: number, param: number): string {
  return String((run * 31 + param * 17) % 1000);
}

async function writeCairn(database: string, { runs, points, metrics: names = METRICS }: Seed): Promise<void> {
  const steps = points / runs / names;
  if (!Number.isInteger(steps)) throw new Error(`${points} points cannot be shared by ${runs} runs.`);
  const store = await openTrackingStore({ paths: { database }, logger: quietLogger });
  for (let run = 0; run < runs; run++) {
    const startTime = START + run * 1000;
    const { info } = await store.createRun({
      experimentId: "0",
      runId: run.toString(16).padStart(32, "0"),
      runName: `run-${run}`,
      userId: "bench",
      startTime,
    });
    await store.logBatch(info.runId, {
      params: Array.from({ length: PARAMS }, (_, i) => ({ key: `param_${i}`, value: paramOf(run, i) })),
    });
    const metrics = Array.from({ length: steps * names }, (_, i) => {
      const step = Math.floor(i / names);
      const metric = i % names;
      return {
        key: `metric_${metric}`,
        value: valueOf(run, metric, step),
        step,
        timestamp: startTime + step * 37,
      };
    });
    for (let from = 0; from < metrics.length; from += MAX_BATCH)
      await store.logBatch(info.runId, { metrics: metrics.slice(from, from + MAX_BATCH) });
    await store.updateRun(info.runId, { status: "FINISHED", endTime: startTime + steps * 37 });
  }
  await store.close();
}
