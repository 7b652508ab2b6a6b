import { HIDDEN } from "./maskText.js";
import { formsOf } from "./secretValues.js";

/** Masks known values in a stream of bytes, wherever it is cut. */
export interface StreamMask {
  /** What can be given out so far: all but an end that may be the beginning of a secret. */
  push(chunk: Buffer): Buffer;
  /** The rest. */
  end(): Buffer;
  /** Bytes that were pushed and of which nothing was given out yet. */
  held(): number;
}

const hidden = Buffer.from(HIDDEN);

/** `secrets` are the values that `findSecrets` found; without any nothing is held back. */
export function createStreamMask(secrets: readonly string[]): StreamMask {
  const forms = secrets.flatMap(formsOf).map((form) => Buffer.from(form));
  let held: Buffer = Buffer.alloc(0);

  /** Where the end of `data` begins that is the beginning of a secret. */
  function openEnd(data: Buffer): number {
    let from = data.length;
    for (const form of forms) {
      const first = form[0] ?? 0;
      let at = data.indexOf(first, Math.max(0, data.length - form.length + 1));
      while (at >= 0 && at < from) {
        if (data.subarray(at).equals(form.subarray(0, data.length - at))) from = at;
        at = data.indexOf(first, at + 1);
      }
    }
    return from;
  }

  function mask(data: Buffer, limit: number): { parts: Buffer[]; done: number } {
    const parts: Buffer[] = [];
    const next = forms.map((form) => data.indexOf(form));
    let done = 0;
    for (;;) {
      let [begin, length] = [limit, 0];
      for (const [index, form] of forms.entries()) {
        let at = next[index] ?? -1;
        if (at >= 0 && at < done) next[index] = at = data.indexOf(form, done);
        if (at >= 0 && (at < begin || (at === begin && at < limit && form.length > length))) {
          [begin, length] = [at, form.length];
        }
      }
      if (begin > done) parts.push(data.subarray(done, begin));
      if (length === 0) return { parts, done: Math.max(done, limit) };
      parts.push(hidden);
      done = begin + length;
    }
  }

  function give(data: Buffer, limit: number): Buffer {
    const { parts, done } = mask(data, limit);
    held = Buffer.from(data.subarray(done));
    return Buffer.concat(parts);
  }

  return {
    push(chunk) {
      const data = held.length === 0 ? chunk : Buffer.concat([held, chunk]);
      return give(data, openEnd(data));
    },
    end: () => give(held, held.length),
    held: () => held.length,
  };
}
