import { copyFile, mkdir } from "node:fs/promises";
import { setTimeout } from "node:timers/promises";
import { projectPaths } from "../../src/core/project/index.ts";
import { Connection } from "./load/connection.ts";
import { type Cairn, type Target, withCairn, withMlflow } from "./load/target.ts";
import { benchScale, printReport, quantile, type Row } from "./report.ts";
import { METRICS, seedCairn, seedMlflow } from "./seed.ts";

const RUNS = 20_000;
const POINTS = 8_000_000;
const PAGES = [100, 1000];
const REQUESTS = 100;
/** Each metric is asked for once before, as in a project that is open. */
const WARM_UP = METRICS;
/** The peer takes seconds for one request: it is sent every tenth of them. */
const PEER_EVERY = 10;
/** What the peer's workers still do after an answer is not ours to pay for. */
const SETTLE_MS = 250;

interface SearchAnswer {
  runs: { info: { run_id: string } }[];
}

/** runs/search with a metric filter and order over HTTP, on the same 20,000 runs with 8 million points. */
export default async function search(): Promise<void> {
  const runs = Math.max(100, Math.round(RUNS * benchScale()));
  const seed = { runs, points: (POINTS / RUNS) * runs };
  const database = await seedCairn(seed);
  const peer = await seedMlflow(seed);
  const prepare = async (project: string): Promise<void> => {
    const paths = projectPaths(project, "");
    await mkdir(paths.data, { recursive: true });
    await copyFile(database, paths.database);
  };
  await withCairn(prepare, (cairn) => withMlflow(peer, (mlflow) => measureBoth(cairn, mlflow, seed.points)));
}

async function measureBoth(cairn: Cairn, mlflow: Target, points: number): Promise<void> {
  const rows: Row[] = [];
  for (const page of PAGES) {
    const ours: number[] = [];
    const theirs: number[] = [];
    const [a, b] = [cairn, mlflow].map(({ port, head }) => new Connection(port, head));
    if (!a || !b) continue;
    for (let i = -WARM_UP; i < REQUESTS; i += 1) {
      const request = query(i, page);
      const answer = await timed(a, request);
      if (i >= 0) ours.push(answer.ms);
      if (i % PEER_EVERY !== 0 && i !== -1) continue;
      const peer = await timed(b, request);
      if (answer.ids !== peer.ids) throw new Error(`The two disagree about ${JSON.stringify(request)}.`);
      if (i >= 0) theirs.push(peer.ms);
      await setTimeout(SETTLE_MS);
    }
    a.close();
    b.close();
    for (const part of [0.5, 0.95]) {
      rows.push({
        what: `runs/search, page of ${page}, p${part * 100}`,
        ours: quantile(ours, part),
        theirs: quantile(theirs, part),
        unit: "ms",
        better: "low",
      });
    }
  }
  printReport("mlflow server", rows);
  const { engine } = await cairn.engine.request("health", {});
  console.log(
    `${points.toLocaleString("en-US")} points, ${REQUESTS} requests of each kind, no two alike, ` +
      `every ${PEER_EVERY}th also to the peer with the same answer; ` +
      `engine's memory afterwards ${(engine.memory / 1e6).toFixed(0)} MB`,
  );
}

/** No two requests are alike, so that no answer is one that was kept. */
function query(i: number, maxResults: number): object {
  const [filtered, ordered] = [(i + METRICS) % METRICS, (i + 7 + METRICS) % METRICS];
  return {
    experiment_ids: ["0"],
    filter: `metrics.metric_${filtered} > ${0.25 + i / 1000}`,
    order_by: [`metrics.metric_${ordered} ${i % 2 === 0 ? "DESC" : "ASC"}`],
    max_results: maxResults,
  };
}

async function timed(connection: Connection, request: object): Promise<{ ms: number; ids: string }> {
  const bytes = connection.prepare("/api/2.0/mlflow/runs/search", Buffer.from(JSON.stringify(request)));
  const begin = performance.now();
  const { status, body } = await connection.send(bytes);
  const ms = performance.now() - begin;
  if (status !== 200) throw new Error(`runs/search answered ${status}: ${body.toString().slice(0, 500)}`);
  const { runs } = JSON.parse(body.toString()) as SearchAnswer;
  return { ms, ids: runs.map(({ info }) => info.run_id).join() };
}
