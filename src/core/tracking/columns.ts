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

/**
 * Columns of the table of all runs, for filtering and ordering: read when a search first needs one, then kept up to
 * date by what is written. With few metrics all are read in one pass, which costs no more than reading one.
 */
export class Columns {
  readonly #metrics = new Map<number, MetricColumn>();
  readonly #texts: Record<TextTable, Map<number, TextColumn>> = { param: new Map(), run_tag: new Map() };
  #characters = 0;
  #allMetrics = false;

  constructor(
    private readonly session: Session,
    private readonly names: Names,
  ) {}

  metric(key: string): MetricColumn | undefined {
    const name = this.names.find(key);
    if (name === undefined) return undefined;
    const known = this.#metrics.get(name);
    if (known || this.#allMetrics) return known;
    return this.#readMetrics(name).get(name);
  }

  text(table: TextTable, key: string): TextColumn | undefined {
    const name = this.names.find(key);
    if (name === undefined) return undefined;
    return this.#texts[table].get(name) ?? this.#readText(table, name);
  }

  /** Takes over a latest value that was committed. */
  setMetric(name: number, run: number, value: number): void {
    let column = this.#metrics.get(name);
    if (!column) {
      if (!this.#allMetrics) return;
      this.#metrics.set(name, (column = new MetricColumn()));
    }
    column.set(run, value);
  }

  /** Takes over a parameter or tag that was committed; undefined when the tag was deleted. */
  setText(table: TextTable, name: number, run: number, value: string | undefined): void {
    const column = this.#texts[table].get(name);
    if (!column) return;
    column[run] = value;
    this.#characters += value?.length ?? 0;
  }

  reset(): void {
    this.#metrics.clear();
    this.#allMetrics = false;
    this.#texts.param.clear();
    this.#texts.run_tag.clear();
    this.#characters = 0;
  }

  #readMetrics(name: number): Map<number, MetricColumn> {
    const [runs = 0, series = 0] =
      this.session.row<[number, number]>(
        "SELECT (SELECT max(id) FROM run), (SELECT value FROM cairn WHERE key = 'nextSeries')",
      ) ?? [];
    // As many metrics as a run has on average, at most one per series: an upper bound of what all would take.
    const [metrics = 0] = this.session.row<[number]>("SELECT count(*) FROM name") ?? [];
    this.#allMetrics = runs * Math.min(metrics, series) <= MAX_CELLS;
    if (this.#metrics.size * runs > MAX_CELLS) this.#metrics.clear();
    const statement = this.session.sql(
      `SELECT name, run, last_value FROM series${this.#allMetrics ? "" : " WHERE name = ?"}`,
    );
    this.session.read(() => {
      if (!this.#allMetrics) this.#metrics.set(name, new MetricColumn());
      for (const row of statement.iterate(...(this.#allMetrics ? [] : [name]))) {
        const [metric, run, value] = row as [number, number, StoredNumber];
        let column = this.#metrics.get(metric);
        if (!column) this.#metrics.set(metric, (column = new MetricColumn()));
        column.set(run, fromStored(value));
      }
    });
    return this.#metrics;
  }

  #readText(table: TextTable, name: number): TextColumn {
    if (this.#characters > MAX_CHARACTERS) {
      this.#texts.param.clear();
      this.#texts.run_tag.clear();
      this.#characters = 0;
    }
    const column: TextColumn = [];
    for (const [run, value] of this.session.rows<[number, string]>(
      `SELECT run, value FROM ${table} WHERE name = ?`,
      name,
    )) {
      while (column.length < run) column.push(undefined);
      column[run] = value;
      this.#characters += value.length;
    }
    this.#texts[table].set(name, column);
    return column;
  }
}
