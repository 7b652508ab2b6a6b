import type { RunActions } from "../actions.js";

const PART = 4 * 1024 * 1024;

export interface Loaded {
  bytes: Uint8Array<ArrayBuffer>;
  /** Of the whole file. */
  size: number;
}

/** The beginning of an artifact: all of it where it has no more than `limit` bytes. Stops at `signal`. */
export async function loadArtifact(
  actions: RunActions,
  path: string,
  limit: number,
  signal: AbortSignal,
): Promise<Loaded> {
  const parts: Uint8Array[] = [];
  let at = 0;
  let size = 0;
  for (;;) {
    const length = Math.min(PART, limit - at);
    const part = await actions.request("readArtifact", { path, start: at, length });
    signal.throwIfAborted();
    size = part.size;
    parts.push(part.bytes);
    at += part.bytes.length;
    if (part.bytes.length === 0 || at >= size || at >= limit) break;
  }
  const bytes = new Uint8Array(at);
  let offset = 0;
  for (const part of parts) {
    bytes.set(part, offset);
    offset += part.length;
  }
  return { bytes, size };
}

/** As UTF-8; what is none comes as U+FFFD, and a character that the end cuts off is left out. */
export function decodeText({ bytes, size }: Loaded): string {
  return new TextDecoder().decode(bytes, { stream: bytes.length < size });
}
