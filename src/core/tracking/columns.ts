import { isUserTag } from "../../shared/tracking.js";
import type { Names } from "./names.js";
import type { Session } from "./session.js";
import { fromStored, type StoredNumber } from "./storedNumber.js";

/** Latest values of one metric, at the place of the run's id. */
export class MetricColumn {
  values = new Float64Array(0);
  /** 1 where the run has this metric. */
  present = new Uint8Array(0);

  set(run: number, value: number): void {
    if (run >= this.values.length) this.#grow(run + 1);
    this.values[run] = value;
    this.present[run] = 1;
  }

  #grow(size: number): void {
    const length = Math.max(size, this.values.length * 2, 64);
    const values = new Float64Array(length);
    values.set(this.values);
    const present = new Uint8Array(length);
    present.set(this.present);
    this.values = values;
    this.present = present;
  }
}

/** Values of one parameter or tag, at the place of the run's id. */
export type TextColumn = (string | undefined)[];

export type TextTable = "param" | "run_tag";

/** At 9 bytes a cell: 36 MB. */
const MAX_CELLS = 4_000_000;
/** Characters kept of parameters and tags: 16 MB or, with letters outside Latin, 32. */
const MAX_CHARACTERS = 16_000_000;
/** Runs read at once: so that rows die young. */
const RUNS_A_TURN = 500;
/** Which names a column or columns are read of. */
const ONE = "name = ?";
const EVERY = "TRUE";
const USER_TAGS = "name IN (SELECT id FROM name WHERE name NOT GLOB 'mlflow.*' AND name NOT GLOB 'cairn.*')";

/**
 * Columns of the table of all runs, for filtering, ordering and listing: read when first needed, then kept up to date
 * by what is written. With few metrics all are read in one pass, which costs no more than reading one.
 */
export class Columns {
  #metrics = new Map<number, MetricColumn>();
  readonly #texts: Record<TextTable, Map<number, TextColumn>> = { param: new Map(), run_tag: new Map() };
  #characters = 0;
  #allMetrics = false;
  #allParams = false;
  #allTags = false;

  constructor(
    private readonly session: Session,
    private readonly names: Names,
  ) {}

  metric(key: string): MetricColumn | undefined {
    const name = this.names.find(key);
    if (name === undefined) return undefined;
    const known = this.#metrics.get(name);
    if (known || this.metrics()) return this.#metrics.get(name);
    const column = new MetricColumn();
    this.#eachRow<[number, number, StoredNumber]>("series", "last_value", ONE, [name], ([, run, value]) => {
      column.set(run, fromStored(value));
    });
    if (this.#metrics.size * column.values.length > MAX_CELLS) this.#metrics.clear();
    this.#metrics.set(name, column);
    return column;
  }

  text(table: TextTable, key: string): TextColumn | undefined {
    const name = this.names.find(key);
    if (name === undefined) return undefined;
    const known = this.#texts[table].get(name);
    if (known) return known;
    if (table === "param" && this.#allParams) return undefined;
    this.#makeRoom();
    const column: TextColumn = [];
    this.#eachRow<[number, number, string]>(table, "value", ONE, [name], ([, run, value]) => {
      this.#place(column, run, value);
    });
    this.#texts[table].set(name, column);
    return column;
  }

  /** The columns of all metrics by their name's number; undefined where they would take too much memory. */
  metrics(): ReadonlyMap<number, MetricColumn> | undefined {
    if (this.#allMetrics) return this.#metrics;
    if (this.#cells("series", EVERY) > MAX_CELLS) return undefined;
    const columns = new Map<number, MetricColumn>();
    this.#eachRow<[number, number, StoredNumber]>("series", "last_value", EVERY, [], ([name, run, value]) => {
      let column = columns.get(name);
      if (!column) columns.set(name, (column = new MetricColumn()));
      column.set(run, fromStored(value));
    });
    this.#allMetrics = true;
    return (this.#metrics = columns);
  }

  /** The columns of all parameters by their name's number; undefined where they would take too much memory. */
  params(): ReadonlyMap<number, TextColumn> | undefined {
    if (!this.#allParams) this.#allParams = this.#readAll("param", EVERY);
    return this.#allParams ? this.#texts.param : undefined;
  }

  /** The columns of all tags that are the users' own, and of others that were asked for, as `params`. */
  tags(): ReadonlyMap<number, TextColumn> | undefined {
    if (!this.#allTags) this.#allTags = this.#readAll("run_tag", USER_TAGS);
    return this.#allTags ? this.#texts.run_tag : undefined;
  }

  /** Whether all columns of the names in `which` fit into memory; reads them then. */
  #readAll(table: TextTable, which: string): boolean {
    const [characters = 0] =
      this.session.row<[number]>(`SELECT coalesce(sum(length(value)), 0) FROM ${table} WHERE ${which}`) ?? [];
    if (characters > MAX_CHARACTERS || this.#cells(table, which) > MAX_CELLS) return false;
    this.#makeRoom(characters);
    const columns = this.#texts[table];
    columns.clear();
    this.#eachRow<[number, number, string]>(table, "value", which, [], ([name, run, value]) => {
      let column = columns.get(name);
      if (!column) columns.set(name, (column = []));
      this.#place(column, run, value);
    });
    return true;
  }

  /** Takes over a latest value that was committed. */
  setMetric(name: number, run: number, value: number): void {
    let column = this.#metrics.get(name);
    if (!column) {
      if (!this.#allMetrics) return;
      // One run with thousands of new names, in a project of thousands of runs, must not fill the memory.
      if ((this.#metrics.size + 1) * run > MAX_CELLS) {
        this.#metrics.clear();
        this.#allMetrics = false;
        return;
      }
      this.#metrics.set(name, (column = new MetricColumn()));
    }
    column.set(run, value);
  }

  /** Takes over a parameter or tag that was committed; undefined when the tag was deleted. */
  setText(table: TextTable, name: number, run: number, value: string | undefined): void {
    let column = this.#texts[table].get(name);
    if (!column) {
      const isListed =
        table === "param" ? this.#allParams : this.#allTags && isUserTag(this.names.nameOf(name));
      if (!isListed) return;
      if ((this.#texts[table].size + 1) * run > MAX_CELLS) return this.#forgetTexts();
      this.#texts[table].set(name, (column = []));
    }
    this.#place(column, run, value);
  }

  reset(): void {
    this.#metrics = new Map<number, MetricColumn>();
    this.#allMetrics = false;
    this.#forgetTexts();
  }

  #forgetTexts(): void {
    this.#texts.param.clear();
    this.#texts.run_tag.clear();
    this.#allParams = false;
    this.#allTags = false;
    this.#characters = 0;
  }

  #makeRoom(characters = 0): void {
    if (this.#characters + characters > MAX_CHARACTERS) this.#forgetTexts();
  }

  #place(column: TextColumn, run: number, value: string | undefined): void {
    // Without holes, V8 keeps a plain array.
    while (column.length < run) column.push(undefined);
    column[run] = value;
    this.#characters += value?.length ?? 0;
  }

  /** What a column for each name that `table` has would take, in cells. */
  #cells(table: "series" | TextTable, which: string): number {
    const [cells = 0] =
      this.session.row<[number]>(
        `SELECT count(DISTINCT name) * (SELECT coalesce(max(id), 0) FROM run) FROM ${table} WHERE ${which}`,
      ) ?? [];
    return cells;
  }

  /** Rows (name, run, value) of the names in `which`, by run. */
  #eachRow<T extends unknown[]>(
    table: "series" | TextTable,
    column: string,
    which: string,
    names: readonly number[],
    take: (row: T) => void,
  ): void {
    const [last = 0] = this.session.row<[number]>("SELECT coalesce(max(id), 0) FROM run") ?? [];
    const text = `SELECT name, run, ${column} FROM ${table} WHERE run BETWEEN ? AND ? AND ${which}`;
    for (let from = 0; from <= last; from += RUNS_A_TURN) {
      for (const row of this.session.rows<T>(text, from, from + RUNS_A_TURN - 1, ...names)) take(row);
    }
  }
}
