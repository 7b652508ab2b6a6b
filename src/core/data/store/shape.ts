import { type ByteSource, parts } from "./sources.js";

/** What a table is like, where that is cheap to tell. */
export interface Shape {
  /** Without the header. */
  rows: number;
  /** Null for JSON lines, whose objects may differ. */
  columns: number | null;
}

/** Larger files are not read for it. */
const MAX_BYTES = 512 << 20;
const SAMPLE = 64 << 10;
/** Records of the sample that must agree. */
const LEAST = 2;
const STEP = 4 << 20;
const [LF, QUOTE, BRACE] = [10, 34, 123];
const SEPARATORS = [44, 9, 59]; // , tab ;

/** Rows and columns of CSV, TSV and JSON lines, judged by the content alone; undefined for all else. */
export function shapeOf(source: ByteSource): Shape | undefined {
  if (source.size === 0 || source.size > MAX_BYTES) return undefined;
  const sample = source.read(0, Math.min(SAMPLE, source.size));
  if (sample.includes(0)) return undefined;
  if (sample[0] === BRACE && sample[1] !== LF)
    return isJson(sample) ? { rows: countLines(source), columns: null } : undefined;
  for (const separator of SEPARATORS) {
    const records = splitSample(sample, separator, sample.length === source.size);
    const [header] = records;
    if (!header || records.length < LEAST || header.length < 2) continue;
    if (records.some((record) => record.length !== header.length)) continue;
    const hasHeader = header.every((field) => field === "" || Number.isNaN(Number(field)));
    return { rows: countRecords(source) - (hasHeader ? 1 : 0), columns: header.length };
  }
  return undefined;
}

function isJson(sample: Buffer): boolean {
  const end = sample.indexOf(LF);
  try {
    return typeof JSON.parse(sample.toString("utf8", 0, end === -1 ? sample.length : end)) === "object";
  } catch {
    return false;
  }
}

/** Records of the sample, but for the last, which may be cut. */
function splitSample(sample: Buffer, separator: number, isWhole: boolean): string[][] {
  const records: string[][] = [];
  let [record, field, quoted] = [[] as string[], 0, false];
  for (let at = 0; at <= sample.length; at++) {
    const byte = at < sample.length ? sample[at] : isWhole && at > field ? LF : undefined;
    if (byte === QUOTE) quoted = !quoted;
    if (quoted || (byte !== separator && byte !== LF)) continue;
    record.push(sample.toString("utf8", field, at).trim());
    field = at + 1;
    if (byte !== LF) continue;
    records.push(record);
    record = [];
  }
  return records;
}

function countRecords(source: ByteSource): number {
  let [count, quoted, last] = [0, false, LF];
  for (const part of parts(source, STEP)) {
    // Most tables have no quotes, and a search is much faster than a loop.
    if (!quoted && !part.includes(QUOTE)) count += lineEnds(part);
    else
      for (const byte of part) {
        if (byte === QUOTE) quoted = !quoted;
        else if (byte === LF && !quoted) count++;
      }
    last = part.at(-1) ?? last;
  }
  return last === LF ? count : count + 1;
}

function countLines(source: ByteSource): number {
  let [count, last] = [0, LF];
  for (const part of parts(source, STEP)) {
    count += lineEnds(part);
    last = part.at(-1) ?? last;
  }
  return last === LF ? count : count + 1;
}

function lineEnds(part: Buffer): number {
  let count = 0;
  for (let at = part.indexOf(LF); at !== -1; at = part.indexOf(LF, at + 1)) count++;
  return count;
}
