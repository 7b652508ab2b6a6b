import type { RunRow, RunTable } from "../../../src/shared/protocol.ts";
import type { RunsPanelData } from "../../../src/shared/runs/api.ts";

/** A small repeatable generator (mulberry32), 0 to 1. */
export function randomFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

const ADJECTIVES = [
  "brisk",
  "calm",
  "dapper",
  "eager",
  "fleet",
  "gentle",
  "hardy",
  "keen",
  "lively",
  "mellow",
];
const NOUNS = ["otter", "heron", "marten", "plover", "lynx", "finch", "badger", "newt", "stoat", "wren"];
const PALETTE = [
  "#59a4f9",
  "#e8875b",
  "#89d185",
  "#c586c0",
  "#d7ba7d",
  "#4ec9b0",
  "#f14c4c",
  "#b5cea8",
  "#9cdcfe",
  "#ce9178",
];

export const NOW = Date.now();

const METRICS = ["accuracy", "loss", "train/loss", "train/lr", "val/accuracy", "val/f1", "val/loss"];
const TAGS = ["dataset", "team"];
const PARAMS = ["batch_size", "depth", "learning_rate", "model", "optimizer", "seed"];

function paramValues(random: () => number): string[] {
  return [
    String(2 ** (4 + Math.floor(random() * 5))),
    String(3 + Math.floor(random() * 8)),
    String(Number((10 ** (-4 + random() * 3)).toPrecision(2))),
    random() < 0.5 ? "gradient-boosting" : "mlp",
    random() < 0.5 ? "adamw" : "sgd",
    String(Math.floor(random() * 100)),
  ];
}

/** `count` runs, newest first; `extra` adds that many metric columns, half of them empty. */
export function makeTable(count: number, extra = 0, running = 1): RunTable {
  const random = randomFrom(7);
  const metricKeys = [
    ...METRICS,
    ...Array.from({ length: extra }, (_, i) => `layer/${String(i).padStart(3, "0")}/norm`),
  ];
  const rows: RunRow[] = Array.from({ length: count }, (_, i) => {
    const startTime = NOW - 60_000 - i * 1_700_000;
    const status =
      i < running ? "RUNNING" : random() < 0.1 ? "FAILED" : random() < 0.08 ? "KILLED" : "FINISHED";
    const metrics = metricKeys.map((_, k) =>
      k > 6 && random() < 0.5 ? null : random() < 0.01 ? "NaN" : random() * (k === 1 ? 3 : 1),
    );
    const name = `${ADJECTIVES[Math.floor(random() * 10)] ?? ""}-${NOUNS[Math.floor(random() * 10)] ?? ""}-${count - i}`;
    return {
      runId: `run${String(count - i).padStart(29, "0")}`,
      name,
      experimentId: "1",
      status,
      deleted: false,
      startTime,
      endTime: status === "RUNNING" ? null : startTime + 5_000 + random() * 4_000_000,
      user: random() < 0.7 ? "mira" : "tobias",
      source: random() < 0.8 ? "train.py" : "sweep.py",
      metrics,
      params: paramValues(random),
      tags: [i % 4 === 0 ? null : `readings v${1 + (i % 3)}`, i % 5 === 0 ? "vision" : null],
      starred: i % 17 === 3,
      launched: status === "RUNNING" || random() < 0.7,
      ...(i === 2 ? { note: "The one with the new features." } : {}),
    };
  });
  return { metricKeys, paramKeys: PARAMS, tagKeys: TAGS, rows, truncated: false };
}

export function colorsOf(table: RunTable): Record<string, string> {
  return Object.fromEntries(
    table.rows.map((row, i) => [row.runId, PALETTE[i % PALETTE.length] ?? "#888888"]),
  );
}

/** What the host tells a panel of these runs. */
export function dataOf(table: RunTable): RunsPanelData {
  return { table, colors: colorsOf(table), experiments: { "1": "turbines" }, palette: PALETTE };
}

/** A falling noisy curve of triples with one peak of `peak` in the middle and, if wished, a gap. */
export function makeCurve(seed: number, points: number, peak?: number, gap = false): Float64Array {
  const random = randomFrom(seed);
  const out = new Float64Array(points * 3);
  const level = 0.4 + random();
  for (let i = 0; i < points; i++) {
    const progress = i / points;
    let value = level * Math.exp(-3 * progress) + 0.1 + (random() - 0.5) * 0.06;
    if (peak !== undefined && i === Math.floor(points / 2)) value = peak;
    if (gap && progress > 0.6 && progress < 0.64) value = Number.NaN;
    out.set([i, NOW - 600_000 + i * 20, value], i * 3);
  }
  return out;
}
