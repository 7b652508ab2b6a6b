import { cpSync, mkdirSync, mkdtempSync, rmSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { projectPaths } from "../../src/core/project/index.ts";
import { connectEngine, type EngineClient, findNode } from "../../src/engine/client/index.ts";
import { METRICS, seedCairn } from "./seed.ts";

const ROUNDS = 15;
/** The database of the numbers; with `--small` a hundredth of it. */
const LARGE = { runs: 20_000, points: 8_000_000 };

/** The engine's own costs: from spawn to the first answer, memory when idle, and with a large database. */
export default async function engine(args: string[]): Promise<void> {
  const scale = args.includes("--small") ? 100 : 1;
  // Looking for Node is done once by each client, not by each start.
  await findNode();
  const empty = makeProject();
  try {
    await measureStart("new project", empty);
    await measureStart("known project", empty);
  } finally {
    rmSync(empty, { recursive: true });
  }
  const large = makeProject();
  try {
    const seed = { runs: LARGE.runs / scale, points: LARGE.points / scale };
    const { data, database } = projectPaths(large, "");
    mkdirSync(data);
    cpSync(await seedCairn(seed), database);
    await measureStart(`${seed.runs} runs, ${seed.points} points`, large);
    await measureQueries(large);
  } finally {
    rmSync(large, { recursive: true });
  }
}

function makeProject(): string {
  return mkdtempSync(path.join(os.tmpdir(), "cairn-bench-"));
}

async function measureStart(what: string, project: string): Promise<void> {
  const times: number[] = [];
  const memory: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    const begin = performance.now();
    const client = await connect(project);
    await client.request("environment", {});
    times.push(performance.now() - begin);
    // Idle means: what the start has left behind may be collected.
    await new Promise((resolve) => setTimeout(resolve, 200));
    memory.push(await memoryOf(client));
    await stop(client);
  }
  const [low = 0, middle = 0, high = 0] = quantiles(times);
  console.log(
    `${what}: spawn to first answer ${middle.toFixed(0)} ms (${low.toFixed(0)} to ${high.toFixed(0)}), ` +
      `idle ${(median(memory) / 1e6).toFixed(0)} MB`,
  );
}

/** What a window asks when it opens on a large project. */
async function measureQueries(project: string): Promise<void> {
  const client = await connect(project);
  const { experiments } = await client.request("experiments", { view: "ACTIVE_ONLY" });
  const experimentIds = experiments.map(({ experimentId }) => experimentId);
  const first = await timed(() => client.request("experiments", { view: "ACTIVE_ONLY" }));
  const query = { experimentIds, view: "ACTIVE_ONLY", limit: 10_000 } as const;
  const cold = await timed(() => client.request("runTable", query));
  const warm = await timed(() => client.request("runTable", query));
  const runIds = cold.result.rows.slice(0, 20).map(({ runId }) => runId);
  const series = await timed(() => client.request("series", { runIds, maxPoints: 2000 }));
  console.log(
    `${cold.result.rows.length} runs as a table: first ${cold.ms.toFixed(0)} ms, again ${warm.ms.toFixed(0)} ms; ` +
      `experiments ${first.ms.toFixed(0)} ms; ${series.result.series.length} curves (${METRICS} a run) ` +
      `${series.ms.toFixed(0)} ms; memory afterwards ${((await memoryOf(client)) / 1e6).toFixed(0)} MB`,
  );
  await stop(client);
}

function connect(project: string): Promise<EngineClient> {
  return connectEngine({ project, kind: "test", start: "ifNeeded" });
}

async function memoryOf(client: EngineClient): Promise<number> {
  return (await client.request("health", {})).engine.memory;
}

async function stop(client: EngineClient): Promise<void> {
  const closed = new Promise<void>((resolve) => client.onClose(resolve));
  await client.request("drain", { reason: "measured" });
  await closed;
}

async function timed<T>(work: () => Promise<T>): Promise<{ ms: number; result: T }> {
  const begin = performance.now();
  const result = await work();
  return { ms: performance.now() - begin, result };
}

function quantiles(values: number[]): number[] {
  const sorted = values.toSorted((a, b) => a - b);
  return [0, 0.5, 1].map((part) => sorted[Math.round(part * (sorted.length - 1))] ?? Number.NaN);
}

function median(values: number[]): number {
  return quantiles(values)[1] ?? Number.NaN;
}
