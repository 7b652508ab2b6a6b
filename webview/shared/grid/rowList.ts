import { select, selectedState, toggleAll, type Selection, type SelectionMode } from "./selection.js";
import type { GridTree } from "./types.js";

/** The rows of a grid as shown, by place and by id, and what selecting them means. */
export class RowList {
  readonly ids: readonly string[];
  private placesById: ReadonlyMap<string, number> | undefined;

  constructor(
    private readonly rows: readonly unknown[],
    rowId: (row: unknown) => string,
    private readonly tree: () => GridTree | undefined,
  ) {
    this.ids = rows.map((row) => rowId(row));
  }

  get length(): number {
    return this.ids.length;
  }

  rowAt(index: number): unknown {
    return this.rows[index];
  }

  idOf(index: number): string | undefined {
    return this.ids[index];
  }

  placeOf(id: string): number | undefined {
    this.placesById ??= new Map(this.ids.map((each, i) => [each, i]));
    return this.placesById.get(id);
  }

  isOpen(index: number): boolean | undefined {
    const row = this.rows[index];
    return row === undefined ? undefined : this.tree()?.open(row);
  }

  /** Whether a row stands for others and is none itself. */
  isGroup(index: number): boolean {
    const row = this.rows[index];
    const tree = this.tree();
    return row !== undefined && tree !== undefined && !tree.members(row).includes(this.ids[index] ?? "");
  }

  stateOf(selected: ReadonlySet<string>, id: string): boolean | "mixed" {
    return selectedState(selected, this.members(id));
  }

  stateOfAll(selected: ReadonlySet<string>): boolean | "mixed" {
    if (selected.size === 0 || this.ids.length === 0) return false;
    return this.ids.every((id) => this.stateOf(selected, id) === true) ? true : "mixed";
  }

  select(before: Selection, index: number, mode: SelectionMode): Selection {
    const id = this.ids[index];
    if (id === undefined) return before;
    return select(before, this.ids, id, mode, mode === "range" ? this.inRange : this.members);
  }

  toggleAll(before: Selection): Selection {
    return toggleAll(before, this.ids, this.members);
  }

  all(before: Selection): Selection {
    return { ids: new Set(this.ids.flatMap(this.members)), anchor: before.anchor };
  }

  private readonly members = (id: string): readonly string[] => {
    const tree = this.tree();
    if (!tree) return [id];
    const row = this.rows[this.placeOf(id) ?? -1];
    return row === undefined ? [] : tree.members(row);
  };

  /** Those below an open group come by themselves. */
  private readonly inRange = (id: string): readonly string[] => {
    const place = this.placeOf(id) ?? -1;
    return this.isGroup(place) && this.isOpen(place) === true ? [] : this.members(id);
  };
}
