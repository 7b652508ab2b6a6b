import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { z } from "zod";
import { connectEngine } from "../../src/engine/client/index.ts";
import { root } from "../host/paths.ts";
import { pythonOf } from "../peers/env.ts";
import { benchScale, printReport, quantile } from "./report.ts";

const ROUNDS = 5;
const CALLS = 2000;
const STEPS = 2000;
const LIMIT_US = 50;
const LIMIT_PERCENT = 1;

const peers = ["mlflow", "mlflow-async", "trackio"] as const;
const titles = { mlflow: "mlflow", "mlflow-async": "mlflow, synchronous=False", trackio: "trackio" };

/**
 * What a call that logs a value takes, in `cairn.py`, mlflow's client and trackio's, in turn; and by how much a training
 * loop is slowed that logs twenty values in each of its steps of 5 ms. A real engine is logged to, but for trackio, which
 * has its own database.
 */
export default async function client(): Promise<void> {
  const scale = benchScale();
  const pythons = { tracking: await pythonOf("tracking"), trackio: await pythonOf("trackio") };
  const project = mkdtempSync(join(tmpdir(), "cairn-bench-"));
  try {
    const engine = await connectEngine({ project, kind: "test", start: "ifNeeded" });
    const closed = new Promise<void>((resolve) => engine.onClose(resolve));
    try {
      const tracking = await engine.request("environment", {});
      const run = (name: string, ...args: (string | number)[]): unknown => {
        const python = name === "trackio" ? pythons.trackio : pythons.tracking;
        const script = join(import.meta.dirname, "client.py");
        const output = execFileSync(python, ["-B", script, name, ...args.map(String)], {
          cwd: project,
          encoding: "utf8",
          stdio: ["ignore", "pipe", "ignore"],
          env: {
            ...process.env,
            ...tracking,
            PYTHONPATH: join(root, "media", "python"),
            TRACKIO_DIR: join(project, "trackio"),
          },
        });
        return JSON.parse(output.trim().split("\n").at(-1) ?? "") as unknown;
      };
      measureCalls(run, Math.max(50, CALLS * scale));
      measureLoop(run, Math.max(50, STEPS * scale));
    } finally {
      await engine.request("drain", { reason: "measured" });
      await closed;
    }
  } finally {
    rmSync(project, { recursive: true, force: true, maxRetries: 5 });
  }
}

type Run = (client: string, ...args: (string | number)[]) => unknown;

function measureCalls(run: Run, count: number): void {
  const taken = new Map<string, number[]>();
  for (let round = 0; round < ROUNDS; round++)
    for (const name of ["cairn", ...peers]) {
      // A request each: fewer tell as much.
      const calls = name === "mlflow" ? count / 4 : count;
      const values = z.array(z.number()).parse(run(name, "calls", Math.round(calls)));
      taken.set(name, [...(taken.get(name) ?? []), ...values]);
    }
  for (const peer of peers)
    printReport(
      titles[peer],
      [0.5, 0.99].map((part) => ({
        what: `a call that logs a value, p${part * 100}`,
        ours: quantile(taken.get("cairn") ?? [], part),
        theirs: quantile(taken.get(peer) ?? [], part),
        unit: "µs",
        better: "low",
        note: part === 0.99 ? `wanted: ${LIMIT_US} µs at most` : "",
      })),
    );
}

function measureLoop(run: Run, steps: number): void {
  const loops = z.int().parse(run("none", "calibrate"));
  const slowed: { wall: number; cpu: number }[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    const numbers = z.tuple([z.number(), z.number(), z.number(), z.number()]);
    const [loggedWall, loggedCpu, wall, cpu] = numbers.parse(run("cairn", "train", Math.round(steps), loops));
    slowed.push({ wall: (loggedWall / wall - 1) * 100, cpu: (loggedCpu / cpu - 1) * 100 });
  }
  const middle = (kind: "wall" | "cpu") =>
    quantile(
      slowed.map((round) => round[kind]),
      0.5,
    ).toFixed(2);
  console.log(
    `${Math.round(steps * ROUNDS).toLocaleString("en-US")} steps of 5 ms with 20 values each, in ${ROUNDS} parts: slowed by ` +
      `${middle("wall")} % (processor time ${middle("cpu")} %); wanted: ${LIMIT_PERCENT} % at most`,
  );
}
