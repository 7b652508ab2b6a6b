/** Bytes that both must have in common to be found; and how far apart the places of the old are that are remembered. */
const LEAST = 16;
const STRIDE = 4;
/** A copy where the last one went on needs less. */
const LEAST_HERE = 5;

/** `length` bytes from `from` of the old, after `insert` new ones. */
export interface Copy {
  insert: number;
  from: number;
  length: number;
}

/** Finds in one text what another has too, wherever it stands, in pieces of 16 bytes and more. */
export class Matcher {
  private readonly slots: Int32Array;
  private readonly shift: number;

  constructor(readonly old: Buffer) {
    const bits = Math.max(8, Math.min(22, Math.ceil(Math.log2(Math.max(2, old.length / STRIDE))) + 1));
    this.shift = 32 - bits;
    this.slots = new Int32Array(1 << bits).fill(-1);
    const view = viewOf(old);
    for (let at = 0; at + LEAST <= old.length; at += STRIDE) this.slots[this.slotOf(view, at)] = at;
  }

  /** Copies in order; what is behind the last is new. */
  copies(now: Buffer): Copy[] {
    const { old } = this;
    const view = viewOf(now);
    const copies: Copy[] = [];
    let [done, at, expected] = [0, 0, 0];
    while (at < now.length) {
      // Where it would stand if as many bytes were replaced as there were.
      const here = expected + at - done;
      let from = here;
      let length = here < old.length ? common(now, at, old, here) : 0;
      if (length < LEAST_HERE && at + LEAST <= now.length) {
        from = this.slots[this.slotOf(view, at)] ?? -1;
        length = from < 0 ? 0 : common(now, at, old, from);
        if (length < LEAST) length = 0;
      } else if (length < LEAST_HERE) length = 0;
      if (length === 0) {
        at++;
        continue;
      }
      let start = at;
      while (start > done && from > 0 && now[start - 1] === old[from - 1]) {
        start--;
        from--;
        length++;
      }
      copies.push({ insert: start - done, from, length });
      at = done = start + length;
      expected = from + length;
    }
    return copies;
  }

  private slotOf(bytes: DataView, at: number): number {
    const low = bytes.getInt32(at, true) ^ Math.imul(bytes.getInt32(at + 4, true), 0x85ebca6b);
    const high = bytes.getInt32(at + 8, true) ^ Math.imul(bytes.getInt32(at + 12, true), 0xc2b2ae35);
    return Math.imul(low ^ Math.imul(high, 0x27d4eb2f), 0x9e3779b1) >>> this.shift;
  }
}

function common(a: Buffer, at: number, b: Buffer, from: number): number {
  const most = Math.min(a.length - at, b.length - from);
  let count = 0;
  while (count < most && a[at + count] === b[from + count]) count++;
  return count;
}

function viewOf(bytes: Buffer): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
}
