import type { ConsoleChunk } from "../../../src/shared/protocol.ts";
import type { RunPanelState } from "../../../src/shared/run/api.ts";
import { CairnError } from "../../../src/shared/errors.ts";
import type { FakeHost, Scenario } from "./fakeHost.ts";
import { makeCurve, makeTable, NOW } from "./generate.ts";
import { never } from "./never.ts";

interface RunOptions {
  tab?: RunPanelState["tab"];
  /** Lines of the console. */
  lines?: number;
  running?: boolean;
}

const ESC = "\u001b";

function consoleText(lines: number): string {
  const head = [
    `${ESC}[1mTraining gradient boosting on 24,000 readings${ESC}[0m`,
    `${ESC}[33mwarning${ESC}[0m: 3 columns hold missing values`,
    `epochs:   0%|          | 0/50\repochs:  48%|####8     | 24/50\repochs: 100%|##########| 50/50`,
    `${ESC}[32m✓${ESC}[0m done ${ESC}[38;5;208morange${ESC}[0m ${ESC}[38;2;120;180;255mblue${ESC}[0m`,
  ];
  const rest = Array.from(
    { length: lines },
    (_, i) => `step ${String(i).padStart(6)}  loss ${(1 / (1 + i)).toFixed(5)}`,
  );
  return [...head, ...rest].join("\n") + "\n";
}

function page(text: string, start: number, maxBytes: number): ConsoleChunk {
  const size = text.length;
  const from = start < 0 ? Math.max(0, size + start) : Math.min(start, size);
  const end = Math.min(size, from + maxBytes);
  return { text: text.slice(from, end), start: from, end, size, complete: false };
}

/** Scenarios: normal, loading, error, bare (nothing logged, not launched here). The console is ASCII but for one tick. */
export function runHost({ name, options }: Scenario): FakeHost {
  const { tab = "overview", lines = 200, running = true } = options as RunOptions;
  const row = makeTable(1, 0, running ? 1 : 0).rows[0];
  if (!row) throw new Error("No run was generated.");
  const bare = name === "bare";
  const text = consoleText(lines).replaceAll("✓", "*");
  const keys = ["loss", "train/loss", "val/accuracy", "val/loss"];
  const data = {
    run: {
      info: {
        runId: row.runId,
        runName: row.name,
        experimentId: "1",
        userId: "mira",
        status: row.status,
        startTime: row.startTime,
        endTime: row.endTime,
        artifactUri: `file:///home/mira/turbines/.cairn/artifacts/1/${row.runId}/artifacts`,
        lifecycleStage: "active",
      },
      data: {
        metrics: bare
          ? []
          : keys.map((key, i) => ({ key, value: 0.0123456 * (i + 1), timestamp: NOW, step: 399 })),
        params: bare
          ? []
          : [
              "batch_size=64",
              "learning_rate=0.01",
              "model=gradient-boosting",
              "features=vibration,temperature,rotor_speed,power_output,wind_direction",
            ].map((pair) => ({ key: pair.split("=")[0] ?? "", value: pair.split("=")[1] ?? "" })),
        tags: bare
          ? []
          : [
              { key: "team", value: "reliability" },
              { key: "mlflow.source.name", value: "train.py" },
              { key: "mlflow.source.git.commit", value: "39c5d25aa0b1c2d3e4f5" },
              { key: "cairn.command", value: "python train.py --rounds 400 --learning-rate 0.01" },
              { key: "mlflow.note.content", value: "Baseline with the new vibration features." },
            ],
      },
      inputs: {
        datasetInputs: bare
          ? []
          : [
              {
                tags: [{ key: "mlflow.data.context", value: "training" }],
                dataset: {
                  name: "readings",
                  digest: "a1b2c3d4",
                  sourceType: "local",
                  source: "data/readings.csv",
                },
              },
            ],
        modelInputs: [],
      },
      outputs: { modelOutputs: [] },
    },
    row: { ...row, launched: !bare },
    experimentName: "turbines",
    artifacts: bare
      ? []
      : [
          { path: "model", isDir: true },
          { path: "confusion.png", isDir: false, fileSize: 48_213 },
          { path: "metrics.json", isDir: false, fileSize: 812 },
        ],
    color: "#59a4f9",
  };
  return {
    answer(method, params) {
      if (method === "init") {
        if (name === "loading") return never;
        if (name === "error")
          throw new CairnError("notFound", "This run is gone.", {
            hint: "It may have been deleted. Open another run in the Experiments view.",
          });
        return {
          state: { project: "file:///home/mira/turbines", runId: row.runId, title: row.name, tab },
          data,
        };
      }
      if (method === "curves")
        return {
          curves: bare
            ? []
            : keys.map((key, i) => ({
                runId: row.runId,
                key,
                count: 400,
                decimated: false,
                points: makeCurve(i + 1, 400),
              })),
        };
      if (method === "console") {
        const { start, maxBytes } = params as { start: number; maxBytes: number };
        return page(text, start, maxBytes);
      }
      if (method === "listArtifacts")
        return {
          files: [
            { path: "model/MLmodel", isDir: false, fileSize: 640 },
            { path: "model/model.pkl", isDir: false, fileSize: 3_482_112 },
          ],
        };
      return null;
    },
  };
}
