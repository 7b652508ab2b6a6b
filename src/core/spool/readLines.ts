import type { FileHandle } from "node:fs/promises";

const CHUNK_BYTES = 256 << 10;
/** A longer line is skipped: no call of cairn.py writes one, but for that of a hundred thousand values at once. */
export const LINE_BYTES = 16 << 20;

export interface Lines {
  /** Whole ones, without their ends. */
  lines: string[];
  /** Where the next line begins. */
  end: number;
  /** Whether a line before these was skipped for its length. */
  skipped: boolean;
}

/** Reads whole lines from byte `start` on, `chunkBytes` at a time; a last line without its end is left out. */
export async function* readLines(
  handle: FileHandle,
  start: number,
  chunkBytes = CHUNK_BYTES,
  lineBytes = LINE_BYTES,
): AsyncGenerator<Lines> {
  const chunk = Buffer.allocUnsafe(chunkBytes);
  let rest = Buffer.alloc(0);
  let skipping = false;
  for (let at = start; ;) {
    const { bytesRead } = await handle.read(chunk, 0, chunkBytes, at + rest.length);
    if (bytesRead === 0) return;
    const data = Buffer.concat([rest, chunk.subarray(0, bytesRead)]);
    const last = data.lastIndexOf(10);
    if (last < 0) {
      skipping ||= data.length > lineBytes;
      rest = skipping ? Buffer.alloc(0) : data;
      if (skipping) at += data.length;
      continue;
    }
    const first = skipping ? data.indexOf(10) + 1 : 0;
    const whole = data.subarray(first, last);
    const lines = first > last ? [] : whole.toString("utf8").split("\n");
    at += last + 1;
    yield { lines, end: at, skipped: skipping };
    skipping = false;
    rest = data.subarray(last + 1);
  }
}
