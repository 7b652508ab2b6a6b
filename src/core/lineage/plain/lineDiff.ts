/** `kept` lines are the same in both, then `removed` of the old ones are replaced by `added` of the new ones. */
export interface Edit {
  kept: number;
  removed: number;
  added: number;
}

/** Differences beyond which the shortest script is not looked for: time and memory grow with their square. */
const MAX_DIFFERENCES = 2000;

/**
 * The way from one list of lines to another, after E. W. Myers, An O(ND) Difference Algorithm and Its Variations (1986).
 * Beyond MAX_DIFFERENCES everything between the equal ends is replaced.
 */
export function diffLines(a: readonly string[], b: readonly string[]): Edit[] {
  let start = 0;
  while (start < a.length && start < b.length && a[start] === b[start]) start++;
  let end = 0;
  while (end < a.length - start && end < b.length - start && a[a.length - 1 - end] === b[b.length - 1 - end])
    end++;
  const old = a.slice(start, a.length - end);
  const now = b.slice(start, b.length - end);
  const middle = shortest(old, now) ?? [{ kept: 0, removed: old.length, added: now.length }];
  const edits: Edit[] = [];
  for (const edit of [
    { kept: start, removed: 0, added: 0 },
    ...middle,
    { kept: end, removed: 0, added: 0 },
  ]) {
    const before = edits.at(-1);
    if (before && edit.kept === 0) {
      before.removed += edit.removed;
      before.added += edit.added;
    } else if (before && before.removed + before.added === 0) {
      edits[edits.length - 1] = { ...edit, kept: before.kept + edit.kept };
    } else edits.push({ ...edit });
  }
  return edits;
}

/** Undefined when there are too many differences. */
function shortest(a: readonly string[], b: readonly string[]): Edit[] | undefined {
  const limit = Math.min(a.length + b.length, MAX_DIFFERENCES);
  const offset = limit + 1;
  const furthest = new Int32Array(2 * offset + 1);
  const trace: Int32Array[] = [];
  for (let d = 0; d <= limit; d++) {
    trace.push(furthest.slice(offset - d - 1, offset + d + 2));
    for (let k = -d; k <= d; k += 2) {
      const down = furthest[offset + k + 1] ?? 0;
      const right = furthest[offset + k - 1] ?? 0;
      let x = k === -d || (k !== d && right < down) ? down : right + 1;
      while (x < a.length && x - k < b.length && a[x] === b[x - k]) x++;
      furthest[offset + k] = x;
      if (x >= a.length && x - k >= b.length) return walkBack(trace, a.length, b.length);
    }
  }
  return undefined;
}

function walkBack(trace: readonly Int32Array[], fromX: number, fromY: number): Edit[] {
  const edits: Edit[] = [];
  let [x, y] = [fromX, fromY];
  for (let d = trace.length - 1; d >= 0; d--) {
    const furthest = trace[d];
    // Diagonal k of this step is at k + d + 1.
    const at = (k: number): number => furthest?.[k + d + 1] ?? 0;
    const k = x - y;
    const isDown = k === -d || (k !== d && at(k - 1) < at(k + 1));
    const beforeX = d === 0 ? 0 : isDown ? at(k + 1) : at(k - 1);
    const beforeY = d === 0 ? 0 : beforeX - (isDown ? k + 1 : k - 1);
    const kept = d === 0 ? x : x - (isDown ? beforeX : beforeX + 1);
    // Kept lines follow the edit of this step: they belong to the entry after it.
    edits.push({ kept, removed: 0, added: 0 });
    if (d > 0) edits.push({ kept: 0, removed: isDown ? 0 : 1, added: isDown ? 1 : 0 });
    [x, y] = [beforeX, beforeY];
  }
  return edits.reverse();
}
