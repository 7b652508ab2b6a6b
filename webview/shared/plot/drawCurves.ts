import type { ChartOptions } from "../../../src/shared/charts.js";
import { formatNumber } from "../format.js";
import type { Range } from "./axes.js";
import { spliced } from "./curve.js";
import type { CurveStore } from "./curveStore.js";
import { bandLine } from "./groups.js";
import { toLine, type Line } from "./line.js";
import type { Drawn } from "./traces.js";

export interface ChartRun {
  id: string;
  name: string;
  color: string;
  /** When it began, for times relative to it. */
  startTime?: number | undefined;
}

/** Runs drawn as one: their mean, between lowest and highest. */
export interface ChartGroup {
  id: string;
  name: string;
  color: string;
  runIds: string[];
}

export interface Who {
  runs: readonly ChartRun[];
  groups: readonly ChartGroup[] | undefined;
}

/** What a chart draws of one metric: each run, or each group. Runs whose curves are still to come are left out. */
export function drawCurves(
  store: CurveStore,
  metric: string,
  { runs, groups }: Who,
  options: ChartOptions,
  view: { columns: number; range: Range | undefined },
): Drawn[] {
  const curves = store.of(metric);
  const logX = options.logX && options.x !== "wall";
  const lines = new Map<string, Line>();
  for (const run of runs) {
    const curve = curves.get(run.id);
    if (!curve || curve.count === 0) continue;
    const detail = store.detailOf(metric, run.id);
    const triples = detail
      ? spliced(curve.triples(), detail.points.triples(), detail.from, detail.to)
      : curve.triples();
    lines.set(run.id, toLine(triples, { ...options, ...view, logX, origin: run.startTime }));
  }
  if (!groups)
    return runs.flatMap(({ id, name, color }) => {
      const line = lines.get(id);
      return line ? [{ id, name, color, line }] : [];
    });
  return groups.flatMap(({ id, name, color, runIds }): Drawn[] => {
    const members = runIds.flatMap((runId) => lines.get(runId) ?? []);
    return members.length > 0 ? [{ id, name, color, ...bandLine(members, logX) }] : [];
  });
}

/** Last, smallest and largest value of each curve, for who cannot see them. */
export function summary(drawn: readonly Drawn[]): string {
  const texts = drawn.map(({ name, line, band }) => {
    const { x, y } = line.raw;
    let low = Infinity;
    let high = -Infinity;
    for (const value of band?.low ?? y) low = Math.min(low, Number.isNaN(value) ? Infinity : value);
    for (const value of band?.high ?? y) high = Math.max(high, Number.isNaN(value) ? -Infinity : value);
    const last = y[x.length - 1] ?? Number.NaN;
    return `${name}: last ${formatNumber(last)}, smallest ${formatNumber(low)}, largest ${formatNumber(high)}`;
  });
  return texts.join("; ");
}
