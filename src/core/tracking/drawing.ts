import { setImmediate } from "node:timers/promises";
import { packPoints } from "../../shared/points.js";
import type { MetricSeries, SeriesQuery } from "../../shared/protocol.js";
import type { Core } from "./core.js";
import {
  addPoint,
  type Bucket,
  BUCKET_COLUMNS,
  type BucketRow,
  emptyBucket,
  LEVEL_SIZES,
  LEVELS_FROM,
  mergeBucket,
  type Place,
  toBucket,
} from "./levels.js";
import { fromStored, type StoredNumber } from "./storedNumber.js";
import { invalid } from "./validate.js";

interface Series {
  id: number;
  count: number;
  timeBase: number;
  last: Place;
}

/** So many times fewer points than asked for may be drawn, rather than reading many times more than are drawn. */
const COARSER = 8;

/** Milliseconds of reading after which others get their turn. */
const TURN = 20;

/**
 * Curves for drawing, by run and, in it, by name. Runs and keys that have none are left out. Many long ones take
 * seconds: between them what is logged meanwhile is written.
 */
export async function getMetricSeries(
  core: Core,
  { runIds, keys, maxPoints }: SeriesQuery,
): Promise<MetricSeries[]> {
  if (!Number.isInteger(maxPoints) || maxPoints < 2)
    throw invalid(`Invalid value ${maxPoints} for parameter 'maxPoints' supplied. It must be at least 2`);
  const wanted = keys && new Set(keys);
  const curves: MetricSeries[] = [];
  let turn = performance.now();
  for (const runId of runIds) {
    const run = core.runs.get(runId);
    for (const [key, series] of seriesOf(core, run.id)) {
      if (wanted && !wanted.has(key)) continue;
      curves.push(draw(core, runId, key, series, maxPoints));
      if (performance.now() - turn < TURN) continue;
      await setImmediate();
      turn = performance.now();
    }
  }
  return curves;
}

function draw(core: Core, runId: string, key: string, series: Series, maxPoints: number): MetricSeries {
  const decimated = series.count > maxPoints;
  const data = packPoints(decimated ? decimate(core, series, maxPoints) : readPoints(core, series));
  return { runId, key, count: series.count, decimated, data };
}

function seriesOf({ session, names }: Core, run: number): [string, Series][] {
  return session
    .rows<[number, number, number, number, number, number, StoredNumber]>(
      "SELECT name, id, count, time_base, last_step, last_time, last_value FROM series WHERE run = ?",
      run,
    )
    .map(([name, id, count, timeBase, step, time, value]): [string, Series] => [
      names.nameOf(name),
      { id, count, timeBase, last: { step, time, value: fromStored(value) } },
    ])
    .sort(([a], [b]) => (a < b ? -1 : 1));
}

/** Every point, as triples, by step. */
function readPoints({ session }: Core, { id, timeBase }: Series): Float64Array {
  const rows = session.rows<[number, number, StoredNumber]>(
    "SELECT step, time, value FROM point WHERE series = ?",
    id,
  );
  const packed = new Float64Array(rows.length * 3);
  let at = 0;
  for (const [step, time, value] of rows) {
    packed[at++] = step;
    packed[at++] = timeBase + time;
    packed[at++] = fromStored(value);
  }
  return packed;
}

/** At most `maxPoints` points: the extremes of successive buckets, a NaN where a bucket has one, and the last. */
function decimate(core: Core, series: Series, maxPoints: number): Float64Array {
  const size = levelFor(series.count, maxPoints);
  const fine = size === undefined ? bucketsOfPoints(core, series) : bucketsOfLevel(core, series.id, size);
  const hasNaN = fine.some(({ nans }) => nans > 0);
  // Half of the room is for maxima; with NaN, a third. One point is kept for the last.
  const room = Math.max(1, Math.floor((maxPoints - 1) / (hasNaN ? 3 : 2)));
  const places = join(fine, room).flatMap(placesOf);
  const last = places.at(-1);
  if (last?.step !== series.last.step || last.time !== series.last.time) places.push(series.last);
  const kept = places.length > maxPoints ? places.slice(-maxPoints) : places;
  return Float64Array.from(kept.flatMap(({ step, time, value }) => [step, time, value]));
}

/** The coarsest level that still fills the picture; undefined when the points themselves must do. */
export function levelFor(count: number, maxPoints: number): number | undefined {
  if (count < LEVELS_FROM) return undefined;
  const enough = LEVEL_SIZES.filter((size) => (count / size) * 2 >= maxPoints);
  const [finest] = LEVEL_SIZES;
  return enough.at(-1) ?? ((count / finest) * 2 * COARSER >= maxPoints ? finest : undefined);
}

/** Each point as a bucket of its own. */
function bucketsOfPoints({ session }: Core, { id, timeBase }: Series): Bucket[] {
  return session
    .rows<[number, number, StoredNumber]>("SELECT step, time, value FROM point WHERE series = ?", id)
    .map(([step, time, value]) => {
      const bucket = emptyBucket();
      addPoint(bucket, step, timeBase + time, fromStored(value));
      return bucket;
    });
}

/** Full buckets of `size`, then of each smaller size what comes after them; by step. */
function bucketsOfLevel({ session }: Core, series: number, size: number): Bucket[] {
  const buckets: Bucket[] = [];
  let covered = 0;
  for (const level of LEVEL_SIZES.filter((candidate) => candidate <= size).reverse()) {
    const rows = session.rows<BucketRow>(
      `SELECT ${BUCKET_COLUMNS} FROM level WHERE series = ? AND size = ? AND bucket >= ?`,
      series,
      level,
      covered / level,
    );
    for (const row of rows) buckets.push(toBucket(row));
    covered += rows.length * level;
  }
  return buckets.sort((a, b) => startOf(a) - startOf(b));
}

/** The lowest step known of a bucket. */
function startOf({ min, max, nan }: Bucket): number {
  return Math.min(min?.step ?? Infinity, max?.step ?? Infinity, nan?.step ?? Infinity);
}

function join(fine: readonly Bucket[], room: number): Bucket[] {
  if (fine.length <= room) return [...fine];
  const joined: Bucket[] = [];
  for (let i = 0; i < room; i++) {
    const bucket = emptyBucket();
    const end = Math.floor(((i + 1) * fine.length) / room);
    for (const each of fine.slice(Math.floor((i * fine.length) / room), end)) mergeBucket(bucket, each);
    joined.push(bucket);
  }
  return joined;
}

/** What a bucket draws, by step and time. */
function placesOf({ min, max, nan }: Bucket): Place[] {
  const places: Place[] = [];
  if (min) places.push(min);
  if (max && (max.step !== min?.step || max.time !== min.time || max.value !== min.value)) places.push(max);
  if (nan) places.push({ ...nan, value: NaN });
  return places.sort((a, b) => a.step - b.step || a.time - b.time);
}
