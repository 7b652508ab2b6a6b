import { CairnError } from "../../../shared/errors.js";

const FIRST = 64;

/** Texts in a buffer, by where they begin and end. */
export class Values {
  starts = new Uint32Array(FIRST);
  ends = new Uint32Array(FIRST);
  count = 0;

  constructor(readonly bytes: Buffer) {}

  add(start: number, end: number): void {
    if (this.count === this.starts.length) {
      this.starts = grown(this.starts);
      this.ends = grown(this.ends);
    }
    this.starts[this.count] = start;
    this.ends[this.count++] = end;
  }
}

export function grown(array: Uint32Array): Uint32Array<ArrayBuffer> {
  const larger = new Uint32Array(array.length * 2);
  larger.set(array);
  return larger;
}

/** Whether two ranges have the same bytes. */
export function sameBytes(
  a: Buffer,
  from: number,
  to: number,
  b: Buffer,
  begin: number,
  end: number,
): boolean {
  if (to - from !== end - begin) return false;
  for (let i = from, j = begin; i < to; i++, j++) if (a[i] !== b[j]) return false;
  return true;
}

/** What is stored is checked by this: a reader never believes what it reads. */
export function insist(condition: boolean, problem: string): void {
  if (!condition) throw new CairnError("corrupt", `The columns of this version cannot be read: ${problem}.`);
}
