import { MAX_NAMES } from "./limits.js";
import { allowedName, milliseconds } from "./names.js";
import { flattenParams } from "./params.js";
import type { Found, ReaderContext, ReaderState } from "./types.js";
import { BYTES, FIXED64, VARINT, Wire } from "./wire.js";

/** Fields of `Record` (wandb/proto/wandb_internal.proto). */
const HISTORY = 2;
const SUMMARY = 3;
const CONFIG = 5;
const STATS = 7;
const RUN = 17;
const EXIT = 18;

interface Item {
  /** One part, or the way into nested maps. */
  path: string[];
  value: unknown;
}

/** Takes in the records of one W&B log: history, configuration, summary and system metrics. */
export class WandbRecords {
  private readonly history: Set<string>;

  constructor(
    private readonly state: ReaderState,
    private readonly found: Found,
    private readonly context: ReaderContext,
  ) {
    this.history = new Set(state.history);
  }

  /** Throws CairnError `corrupt` for bytes that are no Record. */
  read(bytes: Uint8Array): void {
    const record = new Wire(bytes);
    while (record.next()) {
      if (record.type !== BYTES) record.skip();
      else if (record.field === HISTORY) this.readHistory(record.message());
      else if (record.field === SUMMARY) this.readSummary(record.message());
      else if (record.field === CONFIG) this.readConfig(record.message());
      else if (record.field === STATS) this.readStats(record.message());
      else if (record.field === RUN) this.readRun(record.message());
      else if (record.field === EXIT) {
        record.skip();
        this.flushSummary();
      } else record.skip();
    }
  }

  private readHistory(history: Wire): void {
    let step: number | undefined;
    const items: Item[] = [];
    while (history.next()) {
      if (history.field === 1 && history.type === BYTES) items.push(readItem(history.message()));
      else if (history.field === 2 && history.type === BYTES) step = readNumber(history.message());
      else history.skip();
    }
    const own = (name: string): unknown =>
      items.find(({ path }) => path.length === 1 && path[0] === name)?.value;
    const told = own("_step");
    step = typeof told === "number" ? told : (step ?? 0);
    if (!Number.isSafeInteger(step)) return;
    this.state.step = step;
    const seconds = own("_timestamp");
    const timestamp = milliseconds(typeof seconds === "number" ? seconds : Number.NaN, this.context.time);
    for (const { path, value } of items) {
      if (path[0]?.startsWith("_") === true) continue;
      for (const [name, number] of numbersOf(path.join("."), value)) {
        const key = allowedName(this.context.prefix + name);
        if (key === "") continue;
        this.found.metrics.push({ key, value: number, timestamp, step });
        this.remember(name);
      }
    }
  }

  private remember(name: string): void {
    if (this.history.has(name) || this.history.size >= MAX_NAMES) return;
    this.history.add(name);
    this.state.history = [...(this.state.history ?? []), name];
  }

  /** What is only in the summary becomes a metric at the run's end: until then the history may still bring it. */
  private readSummary(summary: Wire): void {
    const values = new Map(Object.entries(this.state.summary ?? {}));
    while (summary.next()) {
      if (summary.field !== 1 || summary.type !== BYTES) {
        summary.skip();
        continue;
      }
      const { path, value } = readItem(summary.message());
      if (path[0]?.startsWith("_") !== false) continue;
      for (const [name, number] of numbersOf(path.join("."), value)) {
        if (!this.history.has(name) && values.size < MAX_NAMES) values.set(name, String(number));
      }
    }
    this.state.summary = Object.fromEntries(values);
  }

  private flushSummary(): void {
    for (const [name, text] of Object.entries(this.state.summary ?? {})) {
      const key = allowedName(this.context.prefix + name);
      if (key === "" || this.history.has(name)) continue;
      const step = this.state.step ?? 0;
      this.found.metrics.push({ key, value: Number(text), timestamp: this.context.time, step });
    }
    this.state.summary = {};
  }

  private readConfig(config: Wire): void {
    while (config.next()) {
      if (config.field !== 1 || config.type !== BYTES) {
        config.skip();
        continue;
      }
      const { path, value } = readItem(config.message());
      if (path[0]?.startsWith("_") !== false) continue;
      this.found.params.push(...flattenParams({ [path.join(".")]: value }));
    }
  }

  private readStats(stats: Wire): void {
    let time = Number.NaN;
    const items: Item[] = [];
    while (stats.next()) {
      if (stats.field === 2 && stats.type === BYTES) time = readTime(stats.message());
      else if (stats.field === 3 && stats.type === BYTES) items.push(readItem(stats.message()));
      else stats.skip();
    }
    const step = this.state.samples ?? 0;
    this.state.samples = step + 1;
    const timestamp = milliseconds(time, this.context.time);
    for (const { path, value } of items) {
      const key = allowedName(`system/${path.join(".")}`);
      if (typeof value === "number") this.found.metrics.push({ key, value, timestamp, step });
    }
  }

  private readRun(run: Wire): void {
    const labels: string[] = [];
    const tag = (key: string, value: string): void => {
      if (value !== "") this.found.tags.push({ key, value: value.slice(0, 5000) });
    };
    while (run.next()) {
      if (run.type !== BYTES) run.skip();
      else if (run.field === 1) tag("wandb.run_id", run.text());
      else if (run.field === 3) tag("wandb.project", run.text());
      else if (run.field === 4) this.readConfig(run.message());
      else if (run.field === 8) tag("wandb.name", run.text());
      else if (run.field === 10) labels.push(run.text());
      else run.skip();
    }
    tag("wandb.tags", labels.join(", "));
  }
}

/** HistoryItem, SummaryItem, ConfigItem and StatsItem alike: newer writers have typed fields, older ones only JSON. */
function readItem(item: Wire): Item {
  let key = "";
  const nested: string[] = [];
  let value: unknown;
  while (item.next()) {
    const { field, type } = item;
    if (field === 1 && type === BYTES) key = item.text();
    else if (field === 2 && type === BYTES) nested.push(item.text());
    else if (field === 4 && type === VARINT) value = item.varint() !== 0;
    else if (field === 5 && type === VARINT) value = zigzag(item.varint());
    else if (field === 6 && type === FIXED64) value = item.double();
    else if (field === 7 && type === BYTES) value = item.text();
    else if ((field === 8 || field === 16) && type === BYTES) value = parseJson(item.text());
    else item.skip();
  }
  return { path: nested.length > 0 ? nested : [key], value };
}

/** A sint64. */
function zigzag(value: number): number {
  return value % 2 === 0 ? value / 2 : -(value + 1) / 2;
}

/** JSON as Python and Go write it for W&B, where a number may be NaN or infinite. Undefined for what is none. */
function parseJson(text: string): unknown {
  if (text === "NaN" || text === '"NaN"') return Number.NaN;
  if (text === "Infinity" || text === '"Infinity"') return Infinity;
  if (text === "-Infinity" || text === '"-Infinity"') return -Infinity;
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Numbers in a value: itself, or those in its maps. Maps that describe media have a `_type` and are none. */
function numbersOf(name: string, value: unknown, depth = 0): [string, number][] {
  if (typeof value === "number") return [[name, value]];
  if (typeof value !== "object" || value === null || Array.isArray(value) || depth > 8) return [];
  if (Object.hasOwn(value, "_type")) return [];
  return Object.entries(value).flatMap(([key, inner]) => numbersOf(`${name}.${key}`, inner, depth + 1));
}

/** The one number of HistoryStep. */
function readNumber(message: Wire): number {
  let number = 0;
  while (message.next()) {
    if (message.field === 1 && message.type === VARINT) number = message.int();
    else message.skip();
  }
  return number;
}

/** A google.protobuf.Timestamp, in seconds. */
function readTime(message: Wire): number {
  let seconds = 0;
  let nanos = 0;
  while (message.next()) {
    if (message.field === 1 && message.type === VARINT) seconds = message.int();
    else if (message.field === 2 && message.type === VARINT) nanos = message.int();
    else message.skip();
  }
  return seconds + nanos / 1e9;
}
