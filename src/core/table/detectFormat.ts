import path from "node:path";
import { CairnError } from "../../shared/errors.js";
import type { TableFormat } from "../../shared/table.js";
import type { FileEnds } from "./head.js";

const PARQUET = "PAR1";

/** Beginnings of files that are no text and that Cairn cannot read as tables. */
const OTHERS: [name: string, magic: number[]][] = [
  ["gzip-compressed", [0x1f, 0x8b]],
  ["zstd-compressed", [0x28, 0xb5, 0x2f, 0xfd]],
  ["a ZIP archive", [0x50, 0x4b, 0x03, 0x04]],
  ["an Arrow file", [...Buffer.from("ARROW1")]],
  ["an ORC file", [...Buffer.from("ORC")]],
  ["an Avro file", [...Buffer.from("Obj\x01")]],
  ["an encrypted Parquet file", [...Buffer.from("PARE")]],
];

/**
 * What a table is stored as: its content decides, its name only between kinds of text. Throws `corrupt` for a Parquet
 * file that has been cut off or is none, `invalid` for what is no table.
 */
export function detectFormat(ends: FileEnds): TableFormat {
  const { name } = ends;
  const extension = path.extname(name).toLowerCase();
  const { head } = ends;
  if (head.subarray(0, 4).toString("latin1") === PARQUET) {
    if (ends.size >= 12 && ends.tail.subarray(-4).toString("latin1") === PARQUET) return "parquet";
    throw new CairnError("corrupt", `${name} has no end: it was cut off, or is still being written.`);
  }
  const other = OTHERS.find(([, magic]) => magic.every((byte, i) => head[i] === byte));
  if (other) throw new CairnError("invalid", `${name} is ${other[0]}, which cannot be shown as a table.`);
  if (extension === ".parquet")
    throw new CairnError("corrupt", `${name} is not a Parquet file: it does not begin with ${PARQUET}.`);
  if (!hasUtf16Mark(head) && head.subarray(0, 8192).includes(0))
    throw new CairnError("invalid", `${name} is not text, and not a kind of table that is known.`);
  if (extension === ".tsv" || extension === ".tab") return "tsv";
  if (extension === ".jsonl" || extension === ".ndjson") return "jsonl";
  return extension !== ".csv" && isJsonLine(head) ? "jsonl" : "csv";
}

/** Whether a text begins with the mark of UTF-16, little or big endian. */
export function hasUtf16Mark(head: Uint8Array): boolean {
  return (head[0] === 0xff && head[1] === 0xfe) || (head[0] === 0xfe && head[1] === 0xff);
}

function isJsonLine(head: Buffer): boolean {
  const [line = ""] = head.toString("utf8").split("\n");
  if (!line.trimStart().startsWith("{")) return false;
  try {
    JSON.parse(line);
    return true;
  } catch {
    return false;
  }
}
