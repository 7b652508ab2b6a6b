import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { afterAll, beforeAll, expect, it, vi } from "vitest";
import { projectPaths } from "../../../src/core/project/index.js";
import { connectEngine } from "../../../src/engine/client/index.js";
import { readEngineFile } from "../../../src/engine/client/handshake.js";
import { type PythonScript, startPython } from "./python.js";
import { send, type Sent } from "./server.js";

const kills = Number(process.env.CAIRN_KILLS ?? 15);
const PLAIN_CLIENTS = 7;
const KEYS = ["a", "b", "c", "d", "e"];

let project: string;
let python: PythonScript | undefined;
let stopped = false;
let address: { port: number; url: string; token: string; pid: number };

/** Starts an engine where none runs, and reads where it listens. */
async function startEngine(): Promise<typeof address> {
  const client = await connectEngine({ project, kind: "test", start: "ifNeeded" });
  const file = readEngineFile(projectPaths(project, "").engineFile);
  client.dispose();
  if (!file) throw new Error("The engine wrote no engine.json.");
  const { port, token, pid } = file;
  return { port, token, pid, url: `http://127.0.0.1:${port}` };
}

beforeAll(async () => {
  project = await mkdtemp(join(tmpdir(), "cairn-killed-"));
  address = await startEngine();
});

afterAll(async () => {
  stopped = true;
  await python?.stop();
  const client = await connectEngine({ project, kind: "test", start: "ifNeeded" });
  const closed = new Promise<void>((resolve) => client.onClose(resolve));
  await client.request("drain", { reason: "test" });
  await closed;
  await rm(project, { recursive: true, force: true });
});

const post = (path: string, sent: Sent) =>
  send(address.port, "POST", path, { ...sent, headers: { authorization: `Bearer ${address.token}` } });

/** Logs a batch a step, each again until it is acknowledged, as a client that reconnects does. */
async function logUntil(stopped: () => boolean, runId: string, acknowledged: number[]): Promise<void> {
  for (let step = 0; !stopped(); step += 1) {
    const metrics = KEYS.map((key) => ({ key, value: step, timestamp: step, step }));
    for (;;) {
      const status = await post("runs/log-batch", { body: { run_id: runId, metrics } }).then(
        (answer) => answer.status,
        () => 0,
      );
      if (status === 200) break;
      // 503 comes from an engine that is ending, none from one that is gone.
      if (status !== 0 && status !== 503) throw new Error(`The engine answered ${status}.`);
      await delay(10);
    }
    acknowledged.push(step);
  }
}

async function stepsOf(runId: string, key: string): Promise<number[]> {
  const { json } = await send(address.port, "GET", `metrics/get-history?run_id=${runId}&metric_key=${key}`, {
    headers: { authorization: `Bearer ${address.token}` },
  });
  return ((json.metrics ?? []) as { step: number }[]).map(({ step }) => step);
}

it(
  `keeps what it acknowledged to 8 clients when it is killed ${kills} times`,
  { timeout: 600_000 },
  async () => {
    const stopFile = join(project, "stop");
    const script = (python = await startPython("until_told.py", address, { args: [stopFile] }));
    const pythonSteps: number[] = [];
    let pythonRun = "";
    script.onLine((line) => {
      if (!line.startsWith("{")) return;
      const { run_id, step } = JSON.parse(line) as { run_id?: string; step?: number };
      if (run_id !== undefined) pythonRun = run_id;
      if (step !== undefined) pythonSteps.push(step);
    });
    const clients = await Promise.all(
      Array.from({ length: PLAIN_CLIENTS }, async () => {
        const { json } = await post("runs/create", { body: { experiment_id: "0", start_time: 1 } });
        const { run_id } = (json as { run: { info: { run_id: string } } }).run.info;
        return { runId: run_id, acknowledged: [] as number[] };
      }),
    );
    const logging = clients.map(({ runId, acknowledged }) => logUntil(() => stopped, runId, acknowledged));
    await vi.waitFor(() => expect(pythonSteps.length).toBeGreaterThan(3), 60_000);

    const { port, token } = address;
    for (let kill = 0; kill < kills; kill += 1) {
      const before = clients.map(({ acknowledged }) => acknowledged.length);
      await vi.waitFor(
        () =>
          clients.forEach(({ acknowledged }, i) =>
            expect(acknowledged.length).toBeGreaterThan((before[i] ?? 0) + 3),
          ),
        { timeout: 60_000, interval: 5 },
      );
      process.kill(address.pid, "SIGKILL");
      address = await startEngine();
      expect([address.port, address.token]).toEqual([port, token]);
    }
    const afterLast = pythonSteps.length;
    await vi.waitFor(() => expect(pythonSteps.length).toBeGreaterThan(afterLast + 3), 120_000);
    stopped = true;
    await writeFile(stopFile, "");
    await Promise.all(logging);
    const result = await script.result;
    expect(result).toEqual({ steps: pythonSteps.length });

    for (const { runId, acknowledged } of clients) {
      // Each step was sent until it was taken, and once taken twice is still one point.
      for (const key of KEYS) expect(await stepsOf(runId, key)).toEqual(acknowledged);
    }
    expect(await stepsOf(pythonRun, "loss")).toEqual(pythonSteps);
  },
);
