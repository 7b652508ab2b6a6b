import { open, type FileHandle } from "node:fs/promises";
import type { ConsoleChunk } from "../../shared/protocol.js";

/** Bytes of one chunk at most, whatever is asked for. */
const MAX_CHUNK = 4 << 20;

const isContinuation = (byte: number | undefined): boolean => byte !== undefined && (byte & 0xc0) === 0x80;

/** Bytes at the end of `data` that begin a UTF-8 character whose rest is not there: 0 to 3. */
export function cutTail(data: Uint8Array): number {
  for (let back = 1; back <= Math.min(3, data.length); back++) {
    const byte = data[data.length - back] ?? 0;
    if ((byte & 0xc0) === 0x80) continue;
    const length = byte >= 0xf0 && byte < 0xf8 ? 4 : byte >= 0xe0 ? 3 : byte >= 0xc2 ? 2 : 1;
    return byte < 0xf8 && length > back ? back : 0;
  }
  return 0;
}

/** Bytes at the beginning that are the rest of a character that began before: 0 to 3. */
export function cutHead(data: Uint8Array): number {
  let count = 0;
  while (count < 3 && isContinuation(data[count])) count++;
  return count;
}

async function readAt(handle: FileHandle, start: number, length: number): Promise<Buffer> {
  const buffer = Buffer.alloc(length);
  let filled = 0;
  while (filled < length) {
    const { bytesRead } = await handle.read(buffer, filled, length - filled, start + filled);
    if (bytesRead === 0) break;
    filled += bytesRead;
  }
  return buffer.subarray(0, filled);
}

/**
 * Text of a console log from byte `start` (negative: that many from the end), at most `maxBytes`. Never cuts a
 * character: `start` and `end` say which bytes the text is of. Bytes that are no UTF-8 come as U+FFFD. `ended` says
 * that nothing more will be written, so that an unfinished character at the very end is given out too.
 */
export async function readConsoleLog(
  file: string,
  start: number,
  maxBytes: number,
  ended: boolean,
): Promise<ConsoleChunk> {
  let handle: FileHandle;
  try {
    handle = await open(file, "r");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
    return { text: "", start: 0, end: 0, size: 0, complete: ended };
  }
  try {
    const { size } = await handle.stat();
    const from = Math.min(size, start < 0 ? Math.max(0, size + start) : start);
    const length = Math.min(size - from, Math.max(4, Math.min(maxBytes, MAX_CHUNK)));
    const data = await readAt(handle, from, length);
    const head = start === 0 || from === 0 ? 0 : cutHead(data);
    const atEnd = from + data.length >= size;
    const tail = ended && atEnd ? 0 : cutTail(data.subarray(head));
    const end = from + data.length - tail;
    const text = data.subarray(head, data.length - tail).toString("utf8");
    return { text, start: from + head, end, size, complete: ended && end >= size };
  } finally {
    await handle.close();
  }
}
