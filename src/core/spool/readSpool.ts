import { constants } from "node:fs";
import { type FileHandle, open } from "node:fs/promises";
import { CairnError } from "../../shared/errors.js";
import { LINE_BYTES, readLines } from "./readLines.js";
import {
  headerSchema,
  parseJson,
  parseRecord,
  type RunRecord,
  SPOOL_VERSION,
  type SpoolHeader,
  type SpoolRecord,
  versionSchema,
} from "./records.js";

/** Some lines of a spool. */
export interface SpoolPart {
  records: SpoolRecord[];
  /** Bytes of the file up to the end of the last line of this part. */
  end: number;
  /** Lines that could not be read, each with its reason. */
  problems: string[];
}

/** An open spool; `close` it. */
export interface Spool {
  header: SpoolHeader;
  /** What its second line says of the run; undefined where the writer was killed before it. */
  run: RunRecord | undefined;
  /** Where the third line begins. */
  body: number;
  /** The whole lines from byte `start` on. */
  parts(start: number): AsyncGenerator<SpoolPart>;
  close(): Promise<void>;
}

/**
 * Opens the spool `file`; undefined where it has no whole first line. Throws CairnError `tooNew` for another version's
 * file, `corrupt` for what is no spool. Links are not followed: a folder from elsewhere may hold any.
 */
export async function openSpool(file: string): Promise<Spool | undefined> {
  const { O_RDONLY, O_NOFOLLOW, O_NONBLOCK } = constants as Partial<typeof constants>;
  const handle = await open(file, (O_RDONLY ?? 0) | (O_NOFOLLOW ?? 0) | (O_NONBLOCK ?? 0));
  let isKept = false;
  try {
    const spool = (await handle.stat()).isFile() ? await readHead(file, handle) : undefined;
    isKept = spool !== undefined;
    return spool;
  } finally {
    if (!isKept) await handle.close();
  }
}

async function readHead(file: string, handle: FileHandle): Promise<Spool | undefined> {
  const first: string[] = [];
  for await (const { lines } of readLines(handle, 0)) {
    first.push(...lines.slice(0, 2));
    if (first.length >= 2) break;
  }
  const [line, second] = first;
  if (line === undefined) return undefined;
  const header = parseHeader(file, line);
  const record = second === undefined ? undefined : parseRecord(second);
  const run = record?.k === "run" ? record : undefined;
  const body = Buffer.byteLength(line) + 1 + (run === undefined ? 0 : Buffer.byteLength(second ?? "") + 1);
  return { header, run, body, parts: (start) => readParts(handle, start), close: () => handle.close() };
}

async function* readParts(handle: FileHandle, start: number): AsyncGenerator<SpoolPart> {
  for await (const { lines, end, skipped } of readLines(handle, start)) {
    const part: SpoolPart = { records: [], end, problems: [] };
    if (skipped) part.problems.push(`a line is longer than ${LINE_BYTES >> 20} MB`);
    for (const line of lines) {
      const record = parseRecord(line);
      if (record !== undefined) part.records.push(record);
      else if (line !== "")
        part.problems.push(`a line is not understood: ${JSON.stringify(line.slice(0, 80))}`);
    }
    yield part;
  }
}

function parseHeader(file: string, line: string): SpoolHeader {
  const value = parseJson(line);
  const header = headerSchema.safeParse(value).data;
  if (header !== undefined) return header;
  const other = versionSchema.safeParse(value).data;
  if (other !== undefined && other.v > SPOOL_VERSION)
    throw new CairnError("tooNew", `${file} was written in version ${other.v} of the spool's format.`, {
      hint: "A newer Cairn takes it in; nothing of it is lost.",
    });
  throw new CairnError("corrupt", `${file} is no spool: its first line is not understood.`);
}
