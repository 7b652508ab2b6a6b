import type { RunRow } from "../../src/shared/protocol.js";
import type { TableLayout } from "../../src/shared/runs/api.js";
import type { MenuItem } from "../shared/contextMenu.js";
import type { GridSort } from "../shared/grid/index.js";
import { setGrouped, setPinned, setShown } from "./changeLayout.js";
import type { RunColumn } from "./runColumns.js";

/** What can be done with the selected runs, as menus and keys call it. */
export interface RunActions {
  open: () => void;
  compare: () => void;
  runAgain: () => void;
  runChanged: () => void;
  stop: () => void;
  star: () => void;
  rename: () => void;
  editNote: () => void;
  editTags: () => void;
  color: () => void;
  remove: () => void;
  copyIds: () => void;
  copyMarkdown: () => void;
  copyCsv: () => void;
}

const isActive = ({ status }: RunRow): boolean => status === "RUNNING" || status === "SCHEDULED";

/** Of these, those that can be stopped from here. */
export function stoppable(runs: readonly RunRow[]): RunRow[] {
  return runs.filter((row) => row.launched && row.status === "RUNNING");
}

/** Of these, those that can be deleted: what still runs is not. */
export function deletable(runs: readonly RunRow[]): RunRow[] {
  return runs.filter((row) => !isActive(row));
}

/** The menu of the selected runs. */
export function runMenu(runs: readonly RunRow[], actions: RunActions): MenuItem[] {
  const [run] = runs;
  const isOne = runs.length === 1;
  const many = runs.length > 1 ? "s" : "";
  const starred = runs.length > 0 && runs.every((row) => row.starred);
  return [
    { label: "Open Run", keys: "Enter", disabled: !isOne, run: actions.open },
    { label: "Compare Runs", disabled: runs.length < 2, run: actions.compare },
    { label: "Run Again", begins: true, disabled: !isOne || run?.launched !== true, run: actions.runAgain },
    { label: "Run Again with Changes…", disabled: !isOne || run?.launched !== true, run: actions.runChanged },
    { label: `Stop Run${many}`, disabled: stoppable(runs).length === 0, run: actions.stop },
    { label: starred ? "Remove Star" : "Star", begins: true, keys: "S", run: actions.star },
    { label: "Rename…", keys: "F2", disabled: !isOne, run: actions.rename },
    { label: "Edit Note…", keys: "N", disabled: !isOne, run: actions.editNote },
    { label: "Edit Tags…", keys: "T", run: actions.editTags },
    { label: "Colour…", disabled: !isOne, run: actions.color },
    { label: `Copy Run ID${many}`, begins: true, run: actions.copyIds },
    { label: "Copy as Markdown", keys: "Ctrl+C", run: actions.copyMarkdown },
    { label: "Copy as CSV", run: actions.copyCsv },
    {
      label: "Delete",
      begins: true,
      keys: "Delete",
      disabled: deletable(runs).length === 0,
      run: actions.remove,
    },
  ];
}

/** The action that a key stands for while the table has the keyboard. */
export function actionOfKey(event: KeyboardEvent): keyof RunActions | undefined {
  const ctrl = event.ctrlKey || event.metaKey;
  if (ctrl)
    return event.key.toLowerCase() === "c" && !event.shiftKey && !event.altKey ? "copyMarkdown" : undefined;
  if (event.altKey || event.shiftKey) return undefined;
  const keys: Record<string, keyof RunActions> = {
    F2: "rename",
    Delete: "remove",
    s: "star",
    n: "editNote",
    t: "editTags",
  };
  return keys[event.key];
}

export interface HeadActions {
  layout: (layout: TableLayout) => void;
  sort: (sort: GridSort | null) => void;
  move: (by: number) => void;
  choose: () => void;
  reset: () => void;
}

/** Columns by which runs can be grouped: what several runs can have in common. */
export function canGroup(column: RunColumn): boolean {
  if (column.kind !== "attribute") return column.kind !== "metric";
  return ["star", "status", "user", "source", "parent", "experiment"].includes(column.id);
}

/** The menu of a column's header. */
export function headMenu(
  column: RunColumn,
  { layout, sort }: { layout: TableLayout; sort: GridSort | null },
  actions: HeadActions,
): MenuItem[] {
  const { id } = column;
  const sorted = sort?.column === id ? sort : undefined;
  const pinned = layout.pinned.includes(id);
  const grouped = layout.groupBy.includes(id);
  const sortBy = (descending: boolean): void => {
    actions.sort(sorted?.descending === descending ? null : { column: id, descending });
  };
  return [
    {
      label: "Sort Ascending",
      checked: sorted?.descending === false,
      run: () => {
        sortBy(false);
      },
    },
    {
      label: "Sort Descending",
      checked: sorted?.descending === true,
      run: () => {
        sortBy(true);
      },
    },
    ...(canGroup(column)
      ? [
          {
            label: `Group by ${column.title}`,
            checked: grouped,
            run: () => {
              actions.layout(setGrouped(layout, id, !grouped));
            },
          },
        ]
      : []),
    {
      label: "Pin Column",
      begins: true,
      checked: pinned,
      run: () => {
        actions.layout(setPinned(layout, id, !pinned));
      },
    },
    {
      label: "Move Left",
      keys: "Shift+Alt+←",
      run: () => {
        actions.move(-1);
      },
    },
    {
      label: "Move Right",
      keys: "Shift+Alt+→",
      run: () => {
        actions.move(1);
      },
    },
    {
      label: "Hide Column",
      disabled: column.optional !== true,
      run: () => {
        actions.layout(setShown(layout, [id], false));
      },
    },
    { label: "Choose Columns…", begins: true, run: actions.choose },
    { label: "Reset Columns", run: actions.reset },
  ];
}
