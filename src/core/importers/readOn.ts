import { open, type FileHandle } from "node:fs/promises";
import { crc32 } from "node:zlib";
import { continuesAfter, type TableForm } from "./table.js";
import type { ChunkReader, Found, ReaderContext, ReaderState } from "./types.js";
import { nothingFound } from "./types.js";

/** How far a file was taken in; plain JSON. */
export interface FileCursor {
  /** Bytes from the beginning of the file. */
  offset: number;
  /** CRC-32 of up to 64 bytes before `offset`: a file that was written anew most likely has others there. */
  guard: number;
  state: ReaderState;
}

export interface ReadOnOptions {
  reader: ChunkReader;
  context: ReaderContext;
  /** Tables only: what a rewritten file is compared by. */
  form?: TableForm;
  /** The file will not grow any more: a table that was written anew and is shorter is taken for another one. */
  ended?: boolean;
  /** Bytes of the file to look at; all by default. */
  limit?: number;
}

const CHUNK = 1 << 20;
const GUARD = 64;
/** A rewritten table above this is read from its beginning again. */
const MAX_COMPARED = 64 << 20;

export const atBeginning: FileCursor = { offset: 0, guard: 0, state: {} };

/** The cursor behind the first `size` bytes, which are not to be read. */
export async function cursorAt(file: string, size: number): Promise<FileCursor> {
  const handle = await open(file, "r");
  try {
    return { offset: size, guard: await guardOf(handle, size), state: {} };
  } finally {
    await handle.close();
  }
}

/**
 * Reads what came to `file` since `cursor`, in pieces of about a megabyte; each with the cursor to go on from. A record
 * that is not yet whole is left for the next time. A file that was cut or written anew is read from its beginning, a
 * table whose first rows are the known ones from behind them. Throws CairnError `corrupt` where the format ends to make
 * sense, and the system's error where the file cannot be read. Memory is bounded by the largest record.
 */
export async function* readOn(
  file: string,
  cursor: FileCursor,
  options: ReadOnOptions,
): AsyncGenerator<{ found: Found; cursor: FileCursor }> {
  const handle = await open(file, "r");
  try {
    const size = Math.min((await handle.stat()).size, options.limit ?? Infinity);
    let at: FileCursor | undefined = cursor;
    if (size < cursor.offset || (await guardOf(handle, cursor.offset)) !== cursor.guard) {
      at = await beginAgain(handle, size, cursor, options);
      if (at === undefined) return;
    }
    let { offset } = at;
    let { state } = at;
    let buffer = Buffer.allocUnsafe(Math.min(CHUNK, Math.max(1, size - offset)));
    while (offset < size) {
      const chunk = await readAt(handle, buffer, offset, Math.min(buffer.length, size - offset));
      if (chunk.length === 0) return;
      const found = nothingFound();
      const next = structuredClone(state);
      const { consumed, wanted, skip } = options.reader(chunk, offset, next, found, options.context);
      const isLast = offset + chunk.length >= size;
      // What is to be passed over may not be there yet; then nothing of it is.
      const skipped = skip > 0 && offset + consumed + skip <= size ? skip : 0;
      const moved = consumed + skipped;
      offset += moved;
      state = next;
      if (moved > 0 || found.problems.size > 0) {
        yield { found, cursor: { offset, guard: await guardOf(handle, offset), state } };
      }
      if (skip > skipped) return;
      if (isLast && (moved === 0 || size - offset < wanted)) return;
      if (moved === 0) buffer = Buffer.allocUnsafe(Math.max(wanted, buffer.length * 2));
    }
  } finally {
    await handle.close();
  }
}

async function beginAgain(
  handle: FileHandle,
  size: number,
  cursor: FileCursor,
  { form, ended = false }: ReadOnOptions,
): Promise<FileCursor | undefined> {
  if (form === undefined || cursor.state.rows === undefined || size > MAX_COMPARED) return atBeginning;
  const content = await readAt(handle, Buffer.allocUnsafe(size), 0, size);
  const result = continuesAfter(content, cursor.state, form);
  if (result.answer === "short" && !ended) return undefined; // it is just being written
  if (result.answer !== "yes") return atBeginning;
  return { offset: result.offset, guard: await guardOf(handle, result.offset), state: result.state };
}

async function guardOf(handle: FileHandle, offset: number): Promise<number> {
  const length = Math.min(GUARD, offset);
  return length === 0 ? 0 : crc32(await readAt(handle, Buffer.allocUnsafe(length), offset - length, length));
}

async function readAt(handle: FileHandle, buffer: Buffer, position: number, length: number): Promise<Buffer> {
  let filled = 0;
  while (filled < length) {
    const { bytesRead } = await handle.read(buffer, filled, length - filled, position + filled);
    if (bytesRead === 0) break;
    filled += bytesRead;
  }
  return buffer.subarray(0, filled);
}
