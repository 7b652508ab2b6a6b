import { createHash } from "node:crypto";
import { closeSync, openSync, writeSync } from "node:fs";

export const FORMATS = ["csv", "tsv", "jsonl"] as const;
export type Format = (typeof FORMATS)[number];

/** `keyed`: a unique id first. `awkward`: no key, repeated rows, quoted fields, CRLF, numbers such as 1.5e5. */
export const KINDS = ["keyed", "awkward"] as const;
export type Kind = (typeof KINDS)[number];

type Row = readonly (string | number)[];

const NAMES = ["id", "a", "b", "d", "e", "f", "g", "h"];
const CHUNK_ROWS = 10_000;

/** A number of 32 bits that looks random, the same each time. */
function hash(i: number): number {
  let h = Math.imul(i ^ 0x9e3779b9, 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0;
}

function row(kind: Kind, i: number): Row {
  const [a, b, d] = [hash(i) % 100_000, hash(i + 7) % 1_000_000, hash(i + 3) % 5000];
  const [e, f, g] = [hash(i) % 17, hash(i + 11) % 86_400, hash(i + 5) % 10];
  if (kind === "awkward") {
    const k = i % 600_000;
    return [
      ...[
        hash(k) % 1000,
        `${(hash(k + 7) % 1000) / 100}e5`,
        `name, "${hash(k + 3) % 5000}"`,
        `cat${hash(k) % 17}`,
      ],
      ...[
        hash(k + 11) % 86_400,
        hash(k + 5) % 10,
        hash(k + 13) % 100_000,
        `${hash(k + 17) % 3 === 0 ? "" : hash(k + 19)}`,
      ],
    ];
  }
  const h = createHash("md5").update(String(i)).digest("hex");
  return [i, a, (b / 1000).toFixed(3), `name_${d}`, `cat${e}`, f, g, h];
}

/** What is done to a table of so many rows, and the share of new bytes that it may cost (per cent). */
export interface Change {
  name: string;
  limit: number;
  rows: (kind: Kind, count: number) => Iterable<Row>;
  names?: string[];
}

function* all(kind: Kind, count: number, edit: (row: Row, i: number) => Row | undefined): Generator<Row> {
  for (let i = 0; i < count; i++) {
    const edited = edit(row(kind, i), i);
    if (edited) yield edited;
  }
}

const everyColumn = (cells: Row, kind: Kind): Row =>
  cells.map((cell, k) =>
    kind === "keyed" && k === 0 ? cell : typeof cell === "number" ? cell + 1 : `${cell}x`,
  );

export const CHANGES: readonly Change[] = [
  {
    name: "1 % of the rows, scattered",
    limit: 0.5,
    rows: (kind, n) => all(kind, n, (r, i) => (i % 100 === 3 ? r.with(6, 99) : r)),
  },
  {
    name: "1 % of the rows, every column",
    limit: 1,
    rows: (kind, n) => all(kind, n, (r, i) => (i % 100 === 3 ? everyColumn(r, kind) : r)),
  },
  {
    name: "1 % of the rows, contiguous",
    limit: 0.3,
    rows: (kind, n) => all(kind, n, (r, i) => (i >= n / 2 && i < n / 2 + n / 100 ? r.with(6, 99) : r)),
  },
  {
    name: "0.1 % of the rows removed in the middle",
    limit: 0.1,
    rows: (kind, n) => all(kind, n, (r, i) => (i >= n / 2 && i < n / 2 + n / 1000 ? undefined : r)),
  },
  { name: "5 % appended", limit: 3, rows: (kind, n) => all(kind, Math.round(n * 1.05), (r) => r) },
  {
    name: "a column added",
    limit: 3,
    names: [...NAMES, "k"],
    rows: (kind, n) => all(kind, n, (r, i) => [...r, i % 3]),
  },
  { name: "shuffled", limit: 10, rows: shuffled },
];

function* shuffled(kind: Kind, count: number): Generator<Row> {
  const order = Uint32Array.from({ length: count }, (_, i) => i);
  for (let i = count - 1; i > 0; i--) {
    const j = hash(i) % (i + 1);
    [order[i], order[j]] = [order[j] ?? 0, order[i] ?? 0];
  }
  for (const i of order) yield row(kind, i);
}

export const original: Change["rows"] = (kind, count) => all(kind, count, (r) => r);

/** Writes a table; returns its bytes. */
export function writeTable(
  file: string,
  format: Format,
  kind: Kind,
  rows: Iterable<Row>,
  names = NAMES,
): number {
  const fd = openSync(file, "w");
  const end = kind === "awkward" ? "\r\n" : "\n";
  const separator = format === "tsv" ? "\t" : ",";
  const line = (cells: Row): string =>
    format === "jsonl"
      ? JSON.stringify(Object.fromEntries(cells.map((cell, k) => [names[k] ?? "", cell]))) + end
      : cells.map((cell) => quoted(String(cell), separator)).join(separator) + end;
  let bytes = 0;
  let held: string[] = format === "jsonl" ? [] : [line(names)];
  const flush = () => {
    bytes += writeSync(fd, held.join(""));
    held = [];
  };
  for (const cells of rows) if (held.push(line(cells)) >= CHUNK_ROWS) flush();
  flush();
  closeSync(fd);
  return bytes;
}

function quoted(text: string, separator: string): string {
  return text.includes(separator) || text.includes('"') ? `"${text.replaceAll('"', '""')}"` : text;
}
