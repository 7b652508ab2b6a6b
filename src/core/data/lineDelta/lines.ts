const LF = 10;

/** The lines of a buffer, each with its line end: line i is `bytes[starts[i]]` to `bytes[starts[i + 1]]`. */
export interface Lines {
  bytes: Buffer;
  /** One more than there are lines. */
  starts: Uint32Array;
  count: number;
}

/** Bytes that tell how long lines are, and from which length on a search is faster than a loop. */
const SAMPLE = 64 << 10;
const LONG = 32;

/** Cuts a buffer of at most 2³² − 1 bytes after each LF; what follows the last one is a line too. */
export function linesOf(bytes: Buffer): Lines {
  let starts = new Uint32Array(Math.max(16, bytes.length >> 5));
  let count = 0;
  const end = bytes.length;
  const search = hasLongLines(bytes);
  for (let at = 0; at < end;) {
    if (search) {
      const found = bytes.indexOf(LF, at);
      at = found === -1 ? end : found + 1;
    } else if (bytes[at++] !== LF && at < end) continue;
    count++;
    if (count >= starts.length) starts = grown(starts);
    starts[count] = at;
  }
  return { bytes, starts: starts.subarray(0, count + 1), count };
}

function hasLongLines(bytes: Buffer): boolean {
  const end = Math.min(SAMPLE, bytes.length);
  let count = 0;
  for (let at = 0; at < end; at++) if (bytes[at] === LF) count++;
  return count * LONG < end;
}

function grown(array: Uint32Array): Uint32Array<ArrayBuffer> {
  const larger = new Uint32Array(array.length * 2);
  larger.set(array);
  return larger;
}

/** A 32-bit hash of each line (FNV-1a); equal lines have equal ones, others seldom. */
export function hashLines({ bytes, starts, count }: Lines): Uint32Array {
  const hashes = new Uint32Array(count);
  let at = 0;
  for (let line = 0; line < count; line++) {
    const end = starts[line + 1] ?? at;
    let hash = 0x811c9dc5;
    for (; at < end; at++) hash = Math.imul(hash ^ (bytes[at] ?? 0), 0x01000193);
    hashes[line] = hash;
  }
  return hashes;
}

export function sameLine(a: Lines, i: number, b: Lines, j: number): boolean {
  const [from, to] = [a.starts[i] ?? 0, a.starts[i + 1] ?? 0];
  const [other, otherEnd] = [b.starts[j] ?? 0, b.starts[j + 1] ?? 0];
  if (to - from !== otherEnd - other) return false;
  for (let k = 0; k < to - from; k++) if (a.bytes[from + k] !== b.bytes[other + k]) return false;
  return true;
}
