import { fstatSync, readSync, writeSync } from "node:fs";
import { createStreamMask } from "../redact/index.js";

/** Nothing but node's own modules and the mask here: the runner is bundled from this file and must stay small. */

const CHUNK_BYTES = 256 << 10;
/** Two numbers of sixteen hexadecimal digits, before the secrets. */
const NUMBER = 16;
const HEAD = 2 * NUMBER;

/** How far a command's output was copied. */
export interface CopyPlace {
  /** Bytes of what the command wrote that were masked and written to the log. */
  raw: number;
  /** The log's size then. */
  log: number;
}

export interface MaskedCopy {
  /** Copies what is there by now, at most about `limit` bytes of it: then there may be more. */
  copy(limit?: number): "all" | "more" | "diskFull";
  /** Copies the rest, and what might have become a secret. */
  end(): void;
}

/**
 * Copies what a command writes to `raw` to the log `output`, without the secrets, from `place` on. After each piece the
 * place is written to `notes`: whoever goes on there, when this process was killed, loses and doubles nothing.
 */
export function createMaskedCopy(
  files: { raw: number; output: number; notes?: number },
  secrets: readonly string[],
  place: CopyPlace = { raw: 0, log: 0 },
): MaskedCopy {
  const mask = createStreamMask(secrets);
  const buffer = Buffer.alloc(CHUNK_BYTES);
  let position = place.raw;
  let waiting: Buffer = Buffer.alloc(0);
  // What was written to the log after the place was noted comes again.
  let skip = Math.max(0, fstatSync(files.output).size - place.log);

  /** False when the disk is full: the rest is tried again. */
  function write(data: Buffer): boolean {
    const fresh = data.subarray(Math.min(skip, data.length));
    skip -= data.length - fresh.length;
    waiting = waiting.length === 0 ? fresh : Buffer.concat([waiting, fresh]);
    try {
      while (waiting.length > 0) waiting = waiting.subarray(writeSync(files.output, waiting));
      return true;
    } catch {
      waiting = Buffer.from(waiting);
      return false;
    }
  }

  function note(): void {
    if (files.notes === undefined || skip > 0) return;
    writePlace(files.notes, { raw: Math.max(0, position - mask.held()), log: fstatSync(files.output).size });
  }

  function copy(limit = Infinity): "all" | "more" | "diskFull" {
    if (!write(Buffer.alloc(0))) return "diskFull";
    // A shell's `> /dev/stderr` empties the file; what is there now is all new.
    if (fstatSync(files.raw).size < position) {
      position = 0;
      skip = 0;
    }
    for (let copied = 0; copied < limit;) {
      const length = readSync(files.raw, buffer, 0, buffer.length, position);
      if (length === 0) return "all";
      position += length;
      copied += length;
      if (!write(Buffer.from(mask.push(buffer.subarray(0, length))))) return "diskFull";
      note();
    }
    return "more";
  }

  return {
    copy,
    end() {
      copy();
      write(Buffer.from(mask.end()));
      note();
    },
  };
}

function writePlace(notes: number, { raw, log }: CopyPlace): void {
  const text = [raw, log].map((each) => each.toString(16).padStart(NUMBER, "0")).join("");
  try {
    writeSync(notes, text, 0);
  } catch {
    // A full disk: who goes on from an older place finds by the log's size what is there already.
  }
}

/** Writes down the secrets for whoever goes on after this process. */
export function writeNotes(notes: number, secrets: readonly string[]): void {
  writePlace(notes, { raw: 0, log: 0 });
  writeSync(notes, JSON.stringify(secrets), HEAD);
}

/** What `writeNotes` and the copying wrote; undefined for anything else. */
export function readNotes(notes: number): { secrets: string[]; place: CopyPlace } | undefined {
  const { size } = fstatSync(notes);
  if (size < HEAD || size > 64 << 20) return undefined;
  const content = Buffer.alloc(size);
  const text = content.toString("utf8", 0, readSync(notes, content, 0, size, 0));
  const [raw, log] = [0, NUMBER].map((at) => Number.parseInt(text.slice(at, at + NUMBER), 16));
  const secrets = parseList(text.slice(HEAD));
  if (raw === undefined || log === undefined || !Number.isSafeInteger(raw) || !Number.isSafeInteger(log))
    return undefined;
  return secrets === undefined ? undefined : { secrets, place: { raw, log } };
}

function parseList(text: string): string[] | undefined {
  try {
    const list: unknown = JSON.parse(text);
    return Array.isArray(list) && list.every((each) => typeof each === "string") ? list : undefined;
  } catch {
    return undefined;
  }
}
