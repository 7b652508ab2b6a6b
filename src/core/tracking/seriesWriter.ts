import type { Columns } from "./columns.js";
import { LEVELS_FROM, LevelWriter, type OpenBuckets } from "./levels.js";
import type { Names } from "./names.js";
import type { RunRecord } from "./runIndex.js";
import type { Session } from "./session.js";
import { fromStored, type StoredNumber, toStored } from "./storedNumber.js";
import type { LoggedMetric } from "./types.js";

/** One metric of one run, as the last transaction left it. */
interface Series {
  id: number;
  name: number;
  count: number;
  /** Milliseconds since the epoch that point times are relative to. */
  timeBase: number;
  /** Steps and times have only grown, so that the order of steps is the order of times. */
  ordered: boolean;
  lastStep: number;
  lastTime: number;
  lastValue: number;
  min: number | undefined;
  max: number | undefined;
  levels: OpenBuckets | undefined;
  /** Has changed in this transaction. */
  dirty: boolean;
}

type SeriesRow = [
  id: number,
  count: number,
  timeBase: number,
  ordered: number,
  lastStep: number,
  lastTime: number,
  lastValue: StoredNumber,
  min: number | null,
  max: number | null,
];

/** Series kept in memory, at about 250 bytes each. */
const MAX_SERIES = 50_000;

/** Writes metric points, with what is kept about each series: latest value, extremes, count, levels. */
export class SeriesWriter {
  readonly #runs = new Map<number, Map<string, Series>>();
  readonly #levels: LevelWriter;
  #kept = 0;
  #points: number | undefined;

  constructor(
    private readonly session: Session,
    private readonly names: Names,
    private readonly columns: Columns,
  ) {
    this.#levels = new LevelWriter(session);
  }

  /** Points of all series. Reads every series the first time. */
  get pointCount(): number {
    return (this.#points ??=
      this.session.row<[number]>("SELECT coalesce(sum(count), 0) FROM series")?.[0] ?? 0);
  }

  /** Writes the points of one run within a transaction. Identical ones are written once, as MLflow does. */
  write(run: RunRecord, metrics: readonly LoggedMetric[]): void {
    const insert = this.session.sql("INSERT OR IGNORE INTO point VALUES (?, ?, ?, ?)");
    const dirty: Series[] = [];
    this.session.onRollback(() => this.#forget(run.id));
    let added = 0;
    for (const { key, step, timestamp, value } of metrics) {
      const series = this.#series(run.id, key, timestamp);
      const isNew = insert.run(series.id, step, timestamp - series.timeBase, toStored(value)).changes > 0;
      if (!isNew) continue;
      added++;
      if (!series.dirty) {
        series.dirty = true;
        dirty.push(series);
      }
      this.#take(series, step, timestamp, value);
    }
    for (const series of dirty) this.#save(run.id, series);
    this.session.onCommit(() => this.#committed(run.id, dirty, added));
  }

  reset(): void {
    this.#runs.clear();
    this.#kept = 0;
    this.#points = undefined;
  }

  #take(series: Series, step: number, time: number, value: number): void {
    const first = series.count === 0;
    series.count++;
    if (!first && (step < series.lastStep || time < series.lastTime)) series.ordered = false;
    if (first || isLater(step, time, value, series)) {
      series.lastStep = step;
      series.lastTime = time;
      series.lastValue = value;
    }
    if (!Number.isNaN(value)) {
      if (series.min === undefined || value < series.min) series.min = value;
      if (series.max === undefined || value > series.max) series.max = value;
    }
    if (series.levels) this.#levels.add(series.id, series.levels, step, time, value);
    else if (series.count === LEVELS_FROM) series.levels = this.#levels.build(series.id, series.timeBase);
  }

  #save(run: number, series: Series): void {
    series.dirty = false;
    if (series.levels) this.#levels.flush(series.id, series.levels);
    this.session
      .sql(
        `UPDATE series SET last_value = ?, last_step = ?, last_time = ?, count = ?, ordered = ?, min_value = ?,
        max_value = ? WHERE run = ? AND name = ?`,
      )
      .run(
        toStored(series.lastValue),
        series.lastStep,
        series.lastTime,
        series.count,
        series.ordered ? 1 : 0,
        series.min,
        series.max,
        run,
        series.name,
      );
  }

  #committed(run: number, dirty: readonly Series[], added: number): void {
    for (const series of dirty) this.columns.setMetric(series.name, run, series.lastValue);
    if (this.#points !== undefined) this.#points += added;
    if (this.#kept > MAX_SERIES) {
      this.#runs.clear();
      this.#kept = 0;
    }
  }

  #series(run: number, key: string, timestamp: number): Series {
    let ofRun = this.#runs.get(run);
    if (!ofRun) this.#runs.set(run, (ofRun = new Map<string, Series>()));
    let series = ofRun.get(key);
    if (!series) {
      const name = this.names.intern(key);
      series = this.#read(run, name) ?? this.#create(run, name, timestamp);
      ofRun.set(key, series);
      this.#kept++;
    }
    return series;
  }

  #read(run: number, name: number): Series | undefined {
    const row = this.session.row<SeriesRow>(
      `SELECT id, count, time_base, ordered, last_step, last_time, last_value, min_value, max_value
      FROM series WHERE run = ? AND name = ?`,
      run,
      name,
    );
    if (!row) return undefined;
    const [id, count, timeBase, ordered, lastStep, lastTime, lastValue, min, max] = row;
    return {
      id,
      name,
      count,
      timeBase,
      ordered: ordered === 1,
      lastStep,
      lastTime,
      lastValue: fromStored(lastValue),
      min: min ?? undefined,
      max: max ?? undefined,
      levels: count >= LEVELS_FROM ? this.#levels.load(id) : undefined,
      dirty: false,
    };
  }

  #create(run: number, name: number, timeBase: number): Series {
    const [id = 0] =
      (this.session
        .sql("UPDATE cairn SET value = value + 1 WHERE key = 'nextSeries' RETURNING value - 1")
        .get() as [number] | undefined) ?? [];
    this.session
      .sql(
        `INSERT INTO series (run, name, last_value, last_step, last_time, id, count, time_base, ordered)
        VALUES (?, ?, 0, 0, 0, ?, 0, ?, 1)`,
      )
      .run(run, name, id, timeBase);
    return {
      id,
      name,
      count: 0,
      timeBase,
      ordered: true,
      lastStep: 0,
      lastTime: 0,
      lastValue: 0,
      min: undefined,
      max: undefined,
      levels: undefined,
      dirty: false,
    };
  }

  #forget(run: number): void {
    this.#kept -= this.#runs.get(run)?.size ?? 0;
    this.#runs.delete(run);
  }
}

/**
 * MLflow's rule for the latest value: the greatest (step, timestamp, value). NaN counts as 0 there, as in its
 * database.
 */
export function isLater(
  step: number,
  time: number,
  value: number,
  than: { lastStep: number; lastTime: number; lastValue: number },
): boolean {
  if (step !== than.lastStep) return step > than.lastStep;
  if (time !== than.lastTime) return time > than.lastTime;
  return rank(value) > rank(than.lastValue);
}

const rank = (value: number) => (Number.isNaN(value) ? 0 : value);
