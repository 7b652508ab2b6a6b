import type { XAxis } from "../../../src/shared/charts.js";
import type { Range } from "./axes.js";
import { stepsOf, type CurvePoints } from "./curve.js";
import type { ChartRun } from "./drawCurves.js";
import { abscissa } from "./line.js";
import { ascendingSteps } from "./curve.js";

/** Part of a curve's steps of which a logarithmic axis shows more than of the rest. */
const HEAD = 1 / 50;

/**
 * Of each run that has more points than were fetched the steps that are zoomed to; without a zoom the first steps on a
 * logarithmic axis. On an axis of time the steps are those of the points next to the ends of the range.
 */
export function finerSteps(
  curves: ReadonlyMap<string, CurvePoints>,
  runs: readonly ChartRun[],
  { x, isLogX, zoom }: { x: XAxis; isLogX: boolean; zoom: Range | undefined },
): Map<string, Range> {
  const found = new Map<string, Range>();
  for (const { id, startTime } of runs) {
    const curve = curves.get(id);
    if (!curve?.decimated) continue;
    const triples = curve.triples();
    const steps = stepsOf(triples);
    if (!steps) continue;
    const range = zoom ? zoomedSteps(triples, x, startTime, zoom) : isLogX ? head(steps) : undefined;
    if (range && range[0] <= steps[1] && range[1] >= steps[0]) found.set(id, range);
  }
  return found;
}

/** From 0 on: the first point that was fetched is an extreme, and seldom the first that was logged. */
function head([first, last]: Range): Range {
  return [Math.min(0, first), Math.ceil(first + (last - first) * HEAD)];
}

function zoomedSteps(
  triples: Float64Array,
  axis: XAxis,
  origin: number | undefined,
  [low, high]: Range,
): Range | undefined {
  if (axis === "step") return [Math.floor(low), Math.ceil(high)];
  const order = ascendingSteps(triples);
  const xAt = abscissa(triples, order, axis, origin);
  let before = -Infinity;
  let after = Infinity;
  let first = Infinity;
  let last = -Infinity;
  for (const i of order) {
    const step = triples[i] ?? 0;
    const x = xAt(i);
    if (x < low) before = Math.max(before, step);
    else if (x > high) after = Math.min(after, step);
    else {
      first = Math.min(first, step);
      last = Math.max(last, step);
    }
  }
  const from = before > -Infinity ? before : first;
  const to = after < Infinity ? after : last;
  return Number.isFinite(from) && Number.isFinite(to) && from <= to ? [from, to] : undefined;
}
