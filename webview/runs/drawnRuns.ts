import type { ChartSettings } from "../../src/shared/charts.js";
import type { RunRow } from "../../src/shared/protocol.js";
import type { ChartGroup } from "../shared/plot/index.js";
import type { Step } from "../shared/states.js";
import type { TableRow } from "./treeRows.js";

/** Runs whose curves are drawn at once; more would neither be told apart nor drawn in time. */
const MAX_DRAWN = 30;
/** As members of bands they need not be told apart. */
const MAX_IN_BANDS = 150;

type Wish = Pick<ChartSettings, "pick" | "bands">;

function mostDrawn(rows: readonly TableRow[], { bands }: Wish): number {
  return bands && isGrouped(rows) ? MAX_IN_BANDS : MAX_DRAWN;
}

function isGrouped(rows: readonly TableRow[]): boolean {
  return rows[0]?.kind === "group";
}

/** Which of the selected runs are drawn, in the order of the legend. */
export function drawnRuns(selected: readonly RunRow[], rows: readonly TableRow[], wish: Wish): RunRow[] {
  const ordered = wish.pick === "first" ? inTableOrder(selected, rows) : newestFirst(selected);
  return ordered.slice(0, mostDrawn(rows, wish));
}

/** Says that not all selected runs are drawn, and how to draw others. */
export function drawnNote(
  selected: number,
  rows: readonly TableRow[],
  wish: Wish,
  change: (change: Partial<Wish>) => void,
): { text: string; step: Step } | undefined {
  const most = mostDrawn(rows, wish);
  if (selected <= most) return undefined;
  const [which, other] = wish.pick === "first" ? ["table’s first", "newest"] : ["newest", "table’s first"];
  return {
    text: `Drawn are the ${which} ${most} of ${selected} selected.`,
    step: {
      label: `Draw the ${other} ${most}`,
      onClick: () => {
        change({ pick: wish.pick === "first" ? "newest" : "first" });
      },
    },
  };
}

function newestFirst(rows: readonly RunRow[]): RunRow[] {
  return [...rows].sort((a, b) => b.startTime - a.startTime);
}

/** As the table is sorted, so that sorting by a metric draws the best; runs that it does not list come last. */
function inTableOrder(selected: readonly RunRow[], rows: readonly TableRow[]): RunRow[] {
  const places = new Map<string, number>();
  const place = (runId: string): void => {
    if (!places.has(runId)) places.set(runId, places.size);
  };
  for (const row of rows) {
    if (row.kind === "run") place(row.row.runId);
    else if (!row.open) for (const runId of row.ids) place(runId);
  }
  return [...selected].sort(
    (a, b) =>
      (places.get(a.runId) ?? Infinity) - (places.get(b.runId) ?? Infinity) || b.startTime - a.startTime,
  );
}

/** The outermost groups of the table, of those of their runs that are drawn; each in the colour of its first run. */
export function chartGroups(
  runs: readonly RunRow[],
  rows: readonly TableRow[],
  colors: Record<string, string>,
): ChartGroup[] | undefined {
  if (!isGrouped(rows)) return undefined;
  const drawn = new Set(runs.map(({ runId }) => runId));
  return rows.flatMap((row) => {
    if (row.kind !== "group" || row.level !== 1) return [];
    const runIds = row.ids.filter((runId) => drawn.has(runId));
    const [first] = runIds;
    if (first === undefined) return [];
    const name = `${row.column.title}: ${row.value === "" ? "none" : row.value} (${runIds.length})`;
    return [{ id: row.id, name, color: colors[first] ?? "#888888", runIds }];
  });
}
