import { Values } from "./values.js";

/** How the rows of a text are written. */
export type Dialect = { kind: "delimited"; separator: number; quoted: boolean } | { kind: "json" };

const [LF, QUOTE, BRACE] = [10, 34, 123];
const SEPARATORS = [44, 9, 59, 124, 32]; // , tab ; | space
/** Records of a sample that agree, of all that are whole. */
const AGREEING = 0.9;
const LEAST = 3;
const MAX_RECORD = 64 << 10;

/** What a sample from the beginning of a text looks like, by its content alone; undefined where it is no table. */
export function dialectOf(sample: Buffer): Dialect | undefined {
  if (sample.includes(0)) return undefined;
  if (sample[0] === BRACE) return looksLikeJson(sample) ? { kind: "json" } : undefined;
  for (const separator of SEPARATORS) {
    const quoted = sample.includes(QUOTE);
    const records = recordsOf(sample, { kind: "delimited", separator, quoted });
    const counts: number[] = [];
    for (let i = 0; i + 1 < records.count; i++)
      counts.push(separatorsIn(sample, records.starts[i] ?? 0, records.ends[i] ?? 0, separator, quoted));
    const usual = counts.toSorted((a, b) => a - b)[counts.length >> 1] ?? 0;
    const agreeing = counts.filter((count) => count === usual).length;
    if (usual >= 1 && agreeing >= Math.max(LEAST, counts.length * AGREEING))
      return { kind: "delimited", separator, quoted };
  }
  return undefined;
}

/** The records of a text, each with its line end; line ends within quotes end none. */
export function recordsOf(bytes: Buffer, dialect: Dialect): Values {
  const records = new Values(bytes);
  const end = bytes.length;
  if (dialect.kind === "json" || !dialect.quoted || !bytes.includes(QUOTE)) {
    for (let start = 0; start < end;) {
      const found = bytes.indexOf(LF, start);
      const next = found === -1 ? end : found + 1;
      records.add(start, next);
      start = next;
    }
    return records;
  }
  let start = 0;
  let inQuotes = false;
  for (let at = 0; at < end; at++) {
    const byte = bytes[at];
    if (byte === QUOTE) inQuotes = !inQuotes;
    else if (byte === LF && (!inQuotes || at - start > MAX_RECORD)) {
      // A quote that nobody closed swallows no more than that.
      inQuotes = false;
      records.add(start, at + 1);
      start = at + 1;
    }
  }
  if (start < end) records.add(start, end);
  return records;
}

function separatorsIn(bytes: Buffer, from: number, to: number, separator: number, quoted: boolean): number {
  let [count, inQuotes] = [0, false];
  for (let at = from; at < to; at++) {
    if (quoted && bytes[at] === QUOTE) inQuotes = !inQuotes;
    else if (bytes[at] === separator && !inQuotes) count++;
  }
  return count;
}

function looksLikeJson(sample: Buffer): boolean {
  const end = sample.indexOf(LF);
  try {
    return typeof JSON.parse(sample.toString("utf8", 0, end === -1 ? sample.length : end)) === "object";
  } catch {
    // A line longer than the sample is worth a try.
    return end === -1;
  }
}
