import { existsSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openDatabase } from "../../src/core/store/index.ts";
import { openTrackingStore } from "../../src/core/tracking/index.ts";
import { quietLogger, seedCairn } from "./seed.ts";

const METRICS = 20;
const STEPS = 100_000;

/**
 * Bytes that a metric point takes on disk: (a) of runs written in batches, the set that searches are measured on, and
 * (b) of one run that logs its metrics step by step, live. `npm run bench -- storage [RUNS [POINTS]]`.
 */
export default async function storage(args: string[]): Promise<void> {
  const runs = Number(args[0] ?? 20_000);
  const points = Number(args[1] ?? 8_000_000);
  const seeded = await seedCairn({ runs, points });
  report(`(a) ${runs.toLocaleString("en-US")} runs, in batches`, seeded);
  const folder = await mkdtemp(join(tmpdir(), "cairn-storage-"));
  try {
    const database = join(folder, "cairn.db");
    await logLive(database);
    report(`(b) one run, ${METRICS} metrics × ${STEPS.toLocaleString("en-US")} steps, live`, database);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Every step is a batch of its own, as a training loop logs. */
async function logLive(database: string): Promise<void> {
  const store = await openTrackingStore({ paths: { database }, logger: quietLogger });
  const { info } = await store.createRun({ experimentId: "0" });
  const keys = Array.from({ length: METRICS }, (_, i) => `metric_${i}`);
  const start = Date.now();
  for (let step = 0; step < STEPS; step++) {
    const timestamp = start + step * 50 + Math.floor(Math.random() * 20);
    await store.logBatch(info.runId, {
      metrics: keys.map((key) => ({ key, value: Math.random(), step, timestamp })),
    });
  }
  await store.close();
}

/** Pages of the table of points against its rows; then what everything takes. */
function report(what: string, database: string): void {
  if (!existsSync(database)) throw new Error(`There is no database at ${database}.`);
  const db = openDatabase(database, { readonly: true });
  const number = (sql: string) => Number(db.prepare(sql).pluck().get());
  try {
    const points = number("SELECT sum(count) FROM series");
    const bytes = (table: string) =>
      number(`SELECT coalesce(sum(pgsize), 0) FROM dbstat WHERE name = '${table}'`);
    const per = (size: number) => (size / points).toFixed(1);
    const all = number("SELECT sum(pgsize) FROM dbstat");
    console.log(
      `${what}: ${points.toLocaleString("en-US")} points, ${per(bytes("point"))} bytes each; ` +
        `drawing levels ${per(bytes("level"))}; latest values, parameters, tags and runs ` +
        `${per(all - bytes("point") - bytes("level"))}; limit 40 without levels`,
    );
  } finally {
    db.close();
  }
}
