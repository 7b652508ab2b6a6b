import { type Lines } from "./lines.js";
import { NO_LINE } from "./match.js";

/** Characters at which the first field of a line ends: separators of tables, and of the members of a JSON object. */
const SEPARATORS = [44, 9, 59, 124]; // , tab ; |
const MAX_FIELD = 200;

/**
 * For the lines `from` to `to` of `child`, which have no equal, the lines of `parent` between `oldFrom` and `oldTo`
 * that they most likely were: one by one where there are as many, else by their first field, in order.
 */
export function pairLines(
  parent: Lines,
  oldFrom: number,
  oldTo: number,
  child: Lines,
  from: number,
  to: number,
): Int32Array {
  const pairs = new Int32Array(to - from).fill(NO_LINE);
  if (oldTo <= oldFrom) return pairs;
  if (oldTo - oldFrom === to - from) return pairs.map((_, i) => oldFrom + i);
  const byField = new Map<string, number>();
  // The first of several wins.
  for (let line = oldTo - 1; line >= oldFrom; line--) byField.set(firstField(parent, line), line);
  let least = oldFrom;
  for (let i = 0; i < pairs.length; i++) {
    const line = byField.get(firstField(child, from + i));
    if (line === undefined || line < least) continue;
    pairs[i] = line;
    least = line + 1;
  }
  return pairs;
}

function firstField({ bytes, starts }: Lines, line: number): string {
  const from = starts[line] ?? 0;
  const end = Math.min(starts[line + 1] ?? from, from + MAX_FIELD);
  let to = from;
  while (to < end && !SEPARATORS.includes(bytes[to] ?? 0)) to++;
  return bytes.toString("latin1", from, to);
}
