import type { RowList } from "./rowList.js";
import type { Selection } from "./selection.js";

/** What a grid asks of its rows. */
export type GridRows = Pick<
  RowList,
  | "length"
  | "rowAt"
  | "idOf"
  | "placeOf"
  | "isOpen"
  | "isGroup"
  | "stateOf"
  | "stateOfAll"
  | "select"
  | "toggleAll"
  | "all"
>;

/** Rows that are their own numbers, from 0 on: so many that no list is made of them. None can be selected. */
export class NumberedRows implements GridRows {
  constructor(readonly length: number) {}

  rowAt(index: number): number | undefined {
    return index >= 0 && index < this.length ? index : undefined;
  }

  idOf(index: number): string | undefined {
    return index >= 0 && index < this.length ? String(index) : undefined;
  }

  placeOf(id: string): number | undefined {
    return this.idOf(Number(id)) === id ? Number(id) : undefined;
  }

  isOpen(): undefined {
    return undefined;
  }

  isGroup(): boolean {
    return false;
  }

  stateOf(): boolean {
    return false;
  }

  stateOfAll(): boolean {
    return false;
  }

  select(before: Selection): Selection {
    return before;
  }

  toggleAll(before: Selection): Selection {
    return before;
  }

  all(before: Selection): Selection {
    return before;
  }
}
