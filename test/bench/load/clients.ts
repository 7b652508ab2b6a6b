// A process of its own: clients that log to one server as fast as it answers, for a given time.
import { Connection } from "./connection.ts";
import { makeBatch, makeMetric, type Body } from "./bodies.ts";

export interface Job {
  port: number;
  head: string;
  kind: "batch" | "metric";
  /** One client each. */
  runIds: string[];
  /** First step to log, so that no round repeats another's points. */
  firstStep: number;
  warmUpMs: number;
  ms: number;
}

export interface JobResult {
  requests: number;
  errors: number;
  /** Of each request that was answered in the time, in milliseconds. */
  latencies: number[];
  /** One past the last step. */
  nextStep: number;
}

async function client(job: Job, runId: string, begin: number): Promise<JobResult> {
  const connection = new Connection(job.port, job.head);
  const body: Body = job.kind === "batch" ? makeBatch(runId) : makeMetric(runId);
  const path = `/api/2.0/mlflow/runs/${job.kind === "batch" ? "log-batch" : "log-metric"}`;
  const request = connection.prepare(path, body.bytes);
  const offset = request.length - body.bytes.length;
  const result: JobResult = { requests: 0, errors: 0, latencies: [], nextStep: job.firstStep };
  const [from, to] = [begin + job.warmUpMs, begin + job.warmUpMs + job.ms];
  for (let now = performance.now(); now < to;) {
    result.nextStep = body.write(request, offset, result.nextStep);
    const ok = await connection.send(request).then(
      ({ status }) => status === 200,
      () => false,
    );
    const end = performance.now();
    if (!ok) result.errors += 1;
    else if (end >= from && end <= to) {
      result.requests += 1;
      result.latencies.push(end - now);
    }
    now = end;
  }
  connection.close();
  return result;
}

process.on("message", (job: Job) => {
  const begin = performance.now();
  void Promise.all(job.runIds.map((runId) => client(job, runId, begin))).then((results) => {
    const sum: JobResult = {
      requests: results.reduce((total, { requests }) => total + requests, 0),
      errors: results.reduce((total, { errors }) => total + errors, 0),
      latencies: results.flatMap(({ latencies }) => latencies),
      nextStep: Math.max(...results.map(({ nextStep }) => nextStep)),
    };
    process.send?.(sum);
  });
});
