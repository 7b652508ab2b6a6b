import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { FIRST_STEP } from "./load/bodies.ts";
import type { Job, JobResult } from "./load/clients.ts";
import { Connection } from "./load/connection.ts";
import { type Target, withCairn, withMlflow } from "./load/target.ts";
import { benchScale, printReport, quantile, type Row } from "./report.ts";

const CLIENTS = 8;
const ROUNDS = 5;
const ROUND_MS = 4000;
const WARM_UP_MS = 1000;

const kinds = { batch: "log-batch of 1,000 metrics", metric: "log-metric" } as const;

interface Measured {
  rates: number[];
  latencies: number[];
  errors: number;
}

/** Requests a second that eight clients at once get answered, by Cairn and by `mlflow server` in turn. */
export default async function ingest(): Promise<void> {
  const scale = benchScale();
  const nothing = () => Promise.resolve();
  const rows = await withCairn(nothing, (cairn) =>
    withMlflow(undefined, (mlflow) => measureBoth(cairn, mlflow, scale)),
  );
  printReport("mlflow server", rows);
}

async function measureBoth(cairn: Target, mlflow: Target, scale: number): Promise<Row[]> {
  const clients = fork(join(import.meta.dirname, "load", "clients.ts"), { serialization: "advanced" });
  try {
    const rows: Row[] = [];
    for (const kind of ["batch", "metric"] as const) {
      const ours = await makeSide(cairn);
      const theirs = await makeSide(mlflow);
      for (let round = 0; round < ROUNDS; round += 1) {
        await measure(clients, ours, kind, scale);
        await measure(clients, theirs, kind, scale);
      }
      rows.push(...report(kind, ours.measured, theirs.measured));
    }
    return rows;
  } finally {
    clients.kill();
  }
}

interface Side {
  target: Target;
  runIds: string[];
  nextStep: number;
  measured: Measured;
}

async function makeSide(target: Target): Promise<Side> {
  const connection = new Connection(target.port, target.head);
  const body = Buffer.from(JSON.stringify({ experiment_id: "0", start_time: 1_700_000_000_000 }));
  const runIds: string[] = [];
  for (let client = 0; client < CLIENTS; client += 1) {
    const reply = await connection.send(connection.prepare("/api/2.0/mlflow/runs/create", body));
    const { run } = JSON.parse(reply.body.toString()) as { run: { info: { run_id: string } } };
    runIds.push(run.info.run_id);
  }
  connection.close();
  return { target, runIds, nextStep: FIRST_STEP, measured: { rates: [], latencies: [], errors: 0 } };
}

async function measure(clients: ChildProcess, side: Side, kind: Job["kind"], scale: number): Promise<void> {
  const { target, runIds, measured } = side;
  const ms = Math.max(500, ROUND_MS * scale);
  const warmUpMs = Math.max(200, WARM_UP_MS * scale);
  const job: Job = {
    port: target.port,
    head: target.head,
    kind,
    runIds,
    firstStep: side.nextStep,
    warmUpMs,
    ms,
  };
  clients.send(job);
  const [result] = (await once(clients, "message")) as [JobResult];
  side.nextStep = result.nextStep;
  measured.rates.push((result.requests / ms) * 1000);
  for (const latency of result.latencies) measured.latencies.push(latency);
  measured.errors += result.errors;
}

function report(kind: Job["kind"], ours: Measured, theirs: Measured): Row[] {
  const what = kinds[kind];
  const note = `errors: ${ours.errors} and ${theirs.errors}`;
  return [
    {
      what: `${what}, ${CLIENTS} clients`,
      ours: quantile(ours.rates, 0.5),
      theirs: quantile(theirs.rates, 0.5),
      unit: "/s",
      better: "high",
      note,
    },
    ...[0.5, 0.95].map((part): Row => ({
      what: `  p${part * 100}`,
      ours: quantile(ours.latencies, part),
      theirs: quantile(theirs.latencies, part),
      unit: "ms",
      better: "low",
    })),
  ];
}
