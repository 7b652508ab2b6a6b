import type { FileEnds } from "./head.js";
import { hasUtf16Mark } from "./detectFormat.js";

/** How the fields of a CSV or TSV are told apart. The quote is always `"`, doubled within a field. */
export interface Dialect {
  delimiter: string;
  /** DuckDB's name. */
  encoding: "utf-8" | "utf-16";
  /** Lines before the first record: comments after `#`, and empty ones. */
  skip: number;
  /** Fields of the first record. */
  first: string[];
}

const CANDIDATES = [",", "\t", ";", "|"];
/** Records that are looked at. */
const LOOKED_AT = 50;

/**
 * The dialect of a text by its first records. DuckDB's own guess is not used: it takes a ragged file for one with a
 * single column, skips leading rows that do not fit, and takes a quote that first occurs after its sample for a letter:
 * counts would be silently wrong.
 */
export function detectDialect(ends: FileEnds, format: "csv" | "tsv"): Dialect {
  const utf16 = hasUtf16Mark(ends.head);
  const text = new TextDecoder(utf16 ? (ends.head[0] === 0xff ? "utf-16le" : "utf-16be") : "utf-8").decode(
    ends.head,
  );
  const { skip, start } = skipComments(text);
  const whole = ends.head.length >= ends.size;
  const read = (delimiter: string) => firstRecords(text, start, delimiter, whole);
  const delimiter = format === "tsv" ? "\t" : bestDelimiter(read);
  return { delimiter, encoding: utf16 ? "utf-16" : "utf-8", skip, first: read(delimiter)[0] ?? [] };
}

/** Comments and empty lines at the start of a text: their number, and where they end. */
export function skipComments(text: string): { skip: number; start: number } {
  const lines = /^(?:(?:#[^\r\n]*)?(?:\r\n|\n|\r))*/.exec(text)?.[0] ?? "";
  return { skip: lines.match(/\r\n|\n|\r/g)?.length ?? 0, start: lines.length };
}

/** The one that splits most records into as many fields as the first, which are more than one; else a comma. */
function bestDelimiter(read: (delimiter: string) => string[][]): string {
  let best = { delimiter: ",", agreeing: 0, fields: 1 };
  for (const delimiter of CANDIDATES) {
    const counts = read(delimiter).map((record) => record.length);
    const usual = mode(counts);
    if (usual < 2) continue;
    const agreeing = counts.filter((count) => count === usual).length / counts.length;
    const better = agreeing > best.agreeing + 0.2 || (agreeing > best.agreeing - 0.2 && usual > best.fields);
    if (better) best = { delimiter, agreeing, fields: usual };
  }
  return best.delimiter;
}

function mode(counts: readonly number[]): number {
  const times = new Map<number, number>();
  for (const count of counts) times.set(count, (times.get(count) ?? 0) + 1);
  const [most] = [...times].sort((a, b) => b[1] - a[1] || b[0] - a[0]);
  return most?.[0] ?? 0;
}

/** Records at the start of a text; the last one is left out where the text is only a beginning. */
function firstRecords(text: string, start: number, delimiter: string, whole: boolean): string[][] {
  const records: string[][] = [];
  let at = start;
  while (at < text.length && records.length < LOOKED_AT) {
    const { fields, next, ended } = readRecord(text, at, delimiter);
    if (!ended && !whole && records.length > 0) break;
    if (next > at && (fields.length > 1 || !isNothing(fields[0])))
      records.push(fields.map(({ value }) => value));
    at = next;
  }
  return records;
}

/**
 * The record that starts at `at`, after RFC 4180: quotes, doubled quotes, line ends within them. `next` is where the one
 * after it starts; `ended` tells whether a line end was found.
 */
export function readRecord(
  text: string,
  at: number,
  delimiter: string,
): { fields: Field[]; next: number; ended: boolean } {
  const fields: Field[] = [];
  for (;;) {
    const field = readField(text, at, delimiter);
    fields.push(field);
    at = field.next;
    if (text[at] !== delimiter) break;
    at++;
  }
  if (at >= text.length) return { fields, next: at, ended: false };
  return { fields, next: text[at] === "\r" && text[at + 1] === "\n" ? at + 2 : at + 1, ended: true };
}

/** Whether a field holds nothing, which a record of one such field does not count for. */
export function isNothing(field: Field | undefined): boolean {
  return field === undefined || (field.value === "" && !field.quoted);
}

interface Field {
  value: string;
  /** An empty text, and not nothing. */
  quoted: boolean;
  next: number;
}

function readField(text: string, start: number, delimiter: string): Field {
  let at = start;
  let value = "";
  const quoted = text[at] === '"';
  if (quoted) {
    at++;
    for (;;) {
      const quote = text.indexOf('"', at);
      if (quote < 0) return { value: value + text.slice(at), quoted, next: text.length };
      value += text.slice(at, quote);
      at = quote + 1;
      if (text[at] !== '"') break;
      value += '"';
      at++;
    }
  }
  // What stands between a closing quote and the delimiter belongs to the value.
  let end = at;
  while (end < text.length && text[end] !== delimiter && text[end] !== "\n" && text[end] !== "\r") end++;
  return { value: value + text.slice(at, end), quoted, next: end };
}

/** Names for columns: none is empty, none there twice, as DuckDB makes them. */
export function uniqueNames(names: readonly string[]): string[] {
  const taken = new Set<string>();
  return names.map((each, i) => {
    const base = each === "" ? `column${i}` : each;
    let name = base;
    for (let n = 1; taken.has(name.toLowerCase()); n++) name = `${base}_${n}`;
    taken.add(name.toLowerCase());
    return name;
  });
}
