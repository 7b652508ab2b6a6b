import { lineMatcher, plainLine } from "../../../src/shared/console/plainLine.ts";
import { CairnError, toError } from "../../../src/shared/errors.ts";
import type { ConsoleChunk, ConsoleMatches, ConsoleQuery } from "../../../src/shared/protocol.ts";
import type { InputNow, RunPanelData, RunPanelState } from "../../../src/shared/run/api.ts";
import { answerCharts, chartsHost, type ChartOptions } from "./chartsHost.ts";
import type { FakeHost, Scenario } from "./fakeHost.ts";
import { makeTable, NOW } from "./generate.ts";
import { never } from "./never.ts";
import { code, environment, otherEnvironment } from "./runCaptured.ts";
import { listFiles, runFiles } from "./runFiles.ts";
import { openTable, tableRows } from "./runTables.ts";
import type { TableRange } from "../../../src/shared/table.ts";

interface RunOptions extends ChartOptions {
  tab?: RunPanelState["tab"];
  /** Lines of the console. */
  lines?: number;
  running?: boolean;
  artifact?: string;
  /** A console of a gigabyte, in place of `lines`. */
  gigabyte?: boolean;
}

const ESC = "\u001b";

function consoleText(lines: number): string {
  const head = [
    `${ESC}[1mTraining gradient boosting on 24,000 readings${ESC}[0m`,
    `${ESC}[33mwarning${ESC}[0m: 3 columns hold missing values`,
    `epochs:   0%|          | 0/50\repochs:  48%|####8     | 24/50\repochs: 100%|##########| 50/50`,
    `  File "/home/mira/turbines/train.py", line 42, in fit`,
    `features/gearbox.py:17:5: RuntimeWarning: overflow`,
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
  const { tab = "overview", lines = 200, running = true, artifact, gigabyte = false } = options as RunOptions;
  const row = makeTable(1, 0, running ? 1 : 0).rows[0];
  if (!row) throw new Error("No run was generated.");
  const bare = name === "bare";
  const text = consoleText(lines).replaceAll("✓", "*");
  const base = ["loss", "system/cpu_utilization_percentage", "train/loss", "val/accuracy", "val/loss"];
  const charts = chartsHost([row.runId], options, bare ? [] : base);
  const { keys } = charts.metricNames({ runIds: [row.runId] });
  const data: RunPanelData = {
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
              `layers=${"[64, 128, 256] ".repeat(40)}`,
            ].map((pair) => ({ key: pair.split("=")[0] ?? "", value: pair.split("=")[1] ?? "" })),
        tags: bare
          ? []
          : [
              { key: "team", value: "reliability" },
              { key: "stage<b>", value: 'candidate "A" & more' },
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
              ...["data/turbines.parquet", "data/sites.csv", "data/images"].map((path, i) => ({
                tags: [
                  { key: "mlflow.data.context", value: "training" },
                  { key: "cairn.data.version", value: String(i + 1) },
                ],
                dataset: {
                  name: path,
                  digest: `${i}7d3f5c2a1b09e84d6c5f3a2b1c0d9e${i}`,
                  sourceType: "local",
                  source: JSON.stringify({ uri: `/home/mira/turbines/${path}` }),
                },
              })),
            ],
        modelInputs: [],
      },
      outputs: { modelOutputs: [] },
    },
    row: { ...row, launched: !bare },
    experimentName: "turbines",
    artifacts: bare ? [] : listFiles(""),
    color: "#59a4f9",
    parent: bare ? undefined : { runId: "parent1", name: "nightly sweep", status: "FINISHED" },
    children: bare ? [] : [{ runId: "child1", name: "fold 1", status: "FAILED" }],
    models: bare ? [] : [{ modelId: "m-5f2a", name: "gearbox-classifier", step: 400 }],
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
          state: { project: "file:///home/mira/turbines", runId: row.runId, title: row.name, tab, artifact },
          data,
        };
      }
      if (method === "metricNames" || method === "curves") return answerCharts(charts, method, params);
      if (gigabyte && method === "console") return hugePage(params as { start: number; maxBytes: number });
      if (gigabyte && method === "searchConsole")
        return { lines: [HUGE_MATCH], count: 1, end: HUGE, unfinished: false };
      if (method === "console") {
        const { start, maxBytes } = params as { start: number; maxBytes: number };
        return page(text, start, maxBytes);
      }
      if (method === "searchConsole") return search(text, params as ConsoleQuery);
      if (method === "listArtifacts") return { files: listFiles((params as { path: string }).path) };
      if (method === "readArtifact") {
        const { path, start, length } = params as { path: string; start: number; length: number };
        const file = runFiles[path];
        if (!file) throw new CairnError("notFound", `No such artifact: '${path}'`);
        const end = Math.min(file.size, start + Math.min(length, 4 << 20));
        return { bytes: file.read(Math.min(start, end), end), size: file.size };
      }
      if (method === "inputsNow") return { inputs: inputsNow(data) };
      if (method === "openTable") return openTable((params as { path: string }).path);
      if (method === "tableRows") {
        const { path, range } = params as { path: string; range: TableRange };
        return tableRows(path, range);
      }
      if (method === "code") return { code: bare ? null : code };
      if (method === "environment") return { environment: bare ? null : environment };
      if (method === "otherEnvironment")
        return { other: { name: "brave-ant-7", environment: otherEnvironment } };
      if (method === "openDiff" && (params as { path: string }).path === "features/old.py")
        throw new CairnError("notFound", "Commit 39c5d25aa0 is not in this repository.", {
          hint: "Fetch it with git fetch, or look at the patch.",
        });
      return null;
    },
  };
}

/** Each in another state. */
function inputsNow({ run }: RunPanelData): InputNow[] {
  const states = ["changed", "same", "missing"] as const;
  return run.inputs.datasetInputs.slice(1).map(({ dataset: { digest, name } }, i) => {
    const state = states[i] ?? "unknown";
    return { digest, name, path: name, state, version: state === "missing" ? null : 2, isDataset: true };
  });
}

const HUGE = 2 ** 30;
const HUGE_LINE = 64;
const HUGE_MATCH = 2 ** 29;

/** A part of a log of a gigabyte, every line of 64 bytes, one of which is a warning. */
function hugePage({ start, maxBytes }: { start: number; maxBytes: number }): ConsoleChunk {
  const from = start < 0 ? HUGE + start : start;
  const end = Math.min(HUGE, from + maxBytes);
  const first = Math.floor(from / HUGE_LINE);
  const count = Math.ceil(end / HUGE_LINE) - first;
  const lines = Array.from({ length: count }, (_, i) => {
    const at = (first + i) * HUGE_LINE;
    return `${at === HUGE_MATCH ? "warning: loss is NaN" : `line at byte ${at}`}`.padEnd(HUGE_LINE - 1);
  });
  const text = `${lines.join("\n")}\n`.slice(from - first * HUGE_LINE).slice(0, end - from);
  return { text, start: from, end, size: HUGE, complete: true };
}

/** As the engine searches, over a text of ASCII. */
function search(text: string, query: ConsoleQuery): ConsoleMatches {
  let matches: (line: string) => boolean;
  try {
    matches = lineMatcher(query);
  } catch (error) {
    throw new CairnError("invalid", `This pattern cannot be read: ${toError(error).message}`);
  }
  const lines: number[] = [];
  let at = query.from;
  for (const line of text.slice(query.from).split("\n")) {
    if (matches(plainLine(line))) lines.push(at);
    at += line.length + 1;
  }
  return { lines, count: lines.length, end: text.length, unfinished: false };
}
