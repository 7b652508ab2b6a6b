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

type StepRange = NonNullable<SeriesQuery["steps"]>;

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

/** So many times more points than asked for are read of a range at most; of more, buckets are read instead. */
const READ_FACTOR = 16;
const MOST_READ = 200_000;

/**
 * Curves for drawing, by run and, in it, by name. Runs and keys that have none are left out. Many long ones take
 * seconds: between them what is logged meanwhile is written.
 */
export async function getMetricSeries(
  core: Core,
  { runIds, keys, maxPoints, steps }: SeriesQuery,
): Promise<MetricSeries[]> {
  if (!Number.isInteger(maxPoints) || maxPoints < 2)
    throw invalid(`Invalid value ${maxPoints} for parameter 'maxPoints' supplied. It must be at least 2`);
  const curves: MetricSeries[] = [];
  let turn = performance.now();
  for (const runId of runIds) {
    const run = core.runs.get(runId);
    for (const [key, series] of keys ? namedSeries(core, run.id, keys) : allSeries(core, run.id)) {
      const drawing = steps ? drawRange(core, series, maxPoints, steps) : drawWhole(core, series, maxPoints);
      curves.push({ runId, key, count: series.count, ...drawing });
      if (performance.now() - turn < TURN) continue;
      await setImmediate();
      turn = performance.now();
    }
  }
  return curves;
}

type Drawing = Pick<MetricSeries, "decimated" | "data">;

function drawWhole(core: Core, series: Series, maxPoints: number): Drawing {
  const decimated = series.count > maxPoints;
  return {
    decimated,
    data: packPoints(decimated ? decimate(core, series, maxPoints) : readPoints(core, series)),
  };
}

/** Every point of the range where they are few enough, else the extremes of its buckets. */
function drawRange(core: Core, series: Series, maxPoints: number, range: StepRange): Drawing {
  const { from, to } = range;
  const before = neighbour(core, series, "step < ? ORDER BY step DESC, time DESC", from);
  const after = neighbour(core, series, "step > ? ORDER BY step, time", to);
  const inside = readPlaces(core, series, from, to, mostRead(maxPoints));
  const decimated = inside === undefined || inside.length > maxPoints;
  const fine = inside
    ? inside.map(bucketOf)
    : withEdges(core, series, bucketsOfRange(core, series.id, maxPoints, range), range);
  const drawn = inside && !decimated ? inside : thin(fine, maxPoints);
  return { decimated, data: packPoints(toTriples([...before, ...drawn, ...after])) };
}

function mostRead(maxPoints: number): number {
  return Math.max(maxPoints, Math.min(maxPoints * READ_FACTOR, MOST_READ));
}

type SeriesRow = [
  name: number,
  id: number,
  count: number,
  timeBase: number,
  lastStep: number,
  lastTime: number,
  lastValue: StoredNumber,
];
const SERIES_COLUMNS = "name, id, count, time_base, last_step, last_time, last_value";

function allSeries({ session, names }: Core, run: number): [string, Series][] {
  return session
    .rows<SeriesRow>(`SELECT ${SERIES_COLUMNS} FROM series WHERE run = ?`, run)
    .map((row): [string, Series] => [names.nameOf(row[0]), toSeries(row)])
    .sort(([a], [b]) => (a < b ? -1 : 1));
}

function namedSeries({ session, names }: Core, run: number, keys: readonly string[]): [string, Series][] {
  return [...new Set(keys)].sort().flatMap((key): [string, Series][] => {
    const name = names.find(key);
    if (name === undefined) return [];
    const text = `SELECT ${SERIES_COLUMNS} FROM series WHERE run = ? AND name = ?`;
    const row = session.row<SeriesRow>(text, run, name);
    return row ? [[key, toSeries(row)]] : [];
  });
}

function toSeries([, id, count, timeBase, step, time, value]: SeriesRow): Series {
  return { id, count, timeBase, last: { step, time, value: fromStored(value) } };
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

/** At most `maxPoints` points: the first, the extremes of successive buckets, a NaN where a bucket has one, the last. */
function decimate(core: Core, series: Series, maxPoints: number): Float64Array {
  const size = levelFor(series.count, maxPoints);
  const fine =
    size === undefined
      ? (readPlaces(core, series, -Infinity, Infinity) ?? []).map(bucketOf)
      : bucketsOfLevel(core, series.id, size);
  // Two points are kept for the ends.
  const places = thin(fine, maxPoints - 2);
  const [first] = neighbour(core, series, "step > ? ORDER BY step, time", -Infinity);
  if (first && first.step !== places[0]?.step && places.length < maxPoints - 1) places.unshift(first);
  const last = places.at(-1);
  if (last?.step !== series.last.step || last.time !== series.last.time) places.push(series.last);
  return toTriples(places.length > maxPoints ? places.slice(-maxPoints) : places);
}

/** The extremes of buckets, joined until they are `room` points at most; at least one bucket's. */
function thin(fine: readonly Bucket[], room: number): Place[] {
  const hasNaN = fine.some(({ nans }) => nans > 0);
  // Half of the room is for maxima; with NaN, a third.
  return join(fine, Math.max(1, Math.floor(room / (hasNaN ? 3 : 2)))).flatMap(placesOf);
}

function toTriples(places: readonly Place[]): Float64Array {
  return Float64Array.from(places.flatMap(({ step, time, value }) => [step, time, value]));
}

/** The coarsest level that still fills the picture; undefined when the points themselves must do. */
export function levelFor(count: number, maxPoints: number): number | undefined {
  if (count < LEVELS_FROM) return undefined;
  const enough = LEVEL_SIZES.filter((size) => (count / size) * 2 >= maxPoints);
  const [finest] = LEVEL_SIZES;
  return enough.at(-1) ?? ((count / finest) * 2 * COARSER >= maxPoints ? finest : undefined);
}

type PointRow = [step: number, time: number, value: StoredNumber];

/** The points of a range by step; undefined when there are more than `most`. */
function readPlaces(
  { session }: Core,
  { id, timeBase }: Series,
  from: number,
  to: number,
  most = -1,
): Place[] | undefined {
  const rows = session.rows<PointRow>(
    "SELECT step, time, value FROM point WHERE series = ? AND step BETWEEN ? AND ? LIMIT ?",
    id,
    from,
    to,
    most < 0 ? -1 : most + 1,
  );
  if (most >= 0 && rows.length > most) return undefined;
  return rows.map((row) => toPlace(row, timeBase));
}

/** The point next to a range, or none. */
function neighbour({ session }: Core, { id, timeBase }: Series, where: string, step: number): Place[] {
  const text = `SELECT step, time, value FROM point WHERE series = ? AND ${where} LIMIT 1`;
  return session.rows<PointRow>(text, id, step).map((row) => toPlace(row, timeBase));
}

function toPlace([step, time, value]: PointRow, timeBase: number): Place {
  return { step, time: timeBase + time, value: fromStored(value) };
}

/** A point as a bucket of its own. */
function bucketOf({ step, time, value }: Place): Bucket {
  const bucket = emptyBucket();
  addPoint(bucket, step, time, value);
  return bucket;
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

/**
 * The coarsest buckets of a range that still fill the picture. A level is read only where the one above it overlaps
 * the range, and after its last full bucket.
 */
function bucketsOfRange(core: Core, series: number, maxPoints: number, range: StepRange): Bucket[] {
  const [finest] = LEVEL_SIZES;
  let spans: [first: number, last: number][] = [[0, Number.MAX_SAFE_INTEGER]];
  for (let level = LEVEL_SIZES.length - 1; level >= 0; level--) {
    const size = LEVEL_SIZES[level] ?? finest;
    const rows = spans.flatMap(([first, last]) =>
      core.session.rows<BucketRow>(
        `SELECT ${BUCKET_COLUMNS} FROM level WHERE series = ? AND size = ? AND bucket BETWEEN ? AND ?`,
        series,
        size,
        first,
        last,
      ),
    );
    const found = overlapping(rows, toBucket, range);
    if (size === finest) return found.map(toBucket).sort((a, b) => startOf(a) - startOf(b));
    if (found.length * 2 >= maxPoints)
      return overlapping(bucketsOfLevel(core, series, size), (each) => each, range);
    const times = size / (LEVEL_SIZES[level - 1] ?? finest);
    const full = (rows.at(-1)?.[0] ?? -1) + 1;
    spans = [
      ...found.map(([bucket]): [number, number] => [bucket * times, (bucket + 1) * times - 1]),
      [full * times, Number.MAX_SAFE_INTEGER],
    ];
  }
  return [];
}

/**
 * Buckets that may have points in the range, with their neighbours: of a bucket is known where its extremes lie, but
 * not where it begins and ends.
 */
function overlapping<T>(rows: readonly T[], bucketIn: (row: T) => Bucket, { from, to }: StepRange): T[] {
  const buckets = rows.map(bucketIn);
  const hits = buckets.map((bucket, i) => {
    const next = buckets[i + 1];
    const end = Math.max(endOf(bucket), next ? startOf(next) : Infinity);
    return startOf(bucket) <= to && end >= from;
  });
  return rows.filter((_, i) => hits[i - 1] === true || hits[i] === true || hits[i + 1] === true);
}

/** The highest step known of a bucket. */
function endOf({ min, max, nan }: Bucket): number {
  return Math.max(min?.step ?? -Infinity, max?.step ?? -Infinity, nan?.step ?? -Infinity);
}

/**
 * The buckets that lie within the range, and one of the points at either end of it: a bucket across the end may have
 * its peak outside, and would hide a lower one inside.
 */
function withEdges(core: Core, series: Series, buckets: readonly Bucket[], range: StepRange): Bucket[] {
  const { from, to } = range;
  const isWithin = (bucket: Bucket) => startOf(bucket) >= from && endOf(bucket) <= to;
  const within = buckets.filter(isWithin);
  const across = buckets.filter((bucket) => !isWithin(bucket)).flatMap(placesOf);
  const start = within.reduce((least, bucket) => Math.min(least, startOf(bucket)), to);
  const end = within.reduce((most, bucket) => Math.max(most, endOf(bucket)), start);
  const edge = (first: number, last: number): Bucket[] => {
    const points =
      readPlaces(core, series, first, last, MOST_READ) ??
      across.filter(({ step }) => step >= first && step <= last);
    const bucket = emptyBucket();
    for (const { step, time, value } of points) addPoint(bucket, step, time, value);
    return bucket.count > 0 ? [bucket] : [];
  };
  // Where a run went back in steps, buckets across the ends have points in the middle too.
  const middle = across.filter(({ step }) => step > start && step < end).map(bucketOf);
  const inner = [...within, ...middle].sort((a, b) => startOf(a) - startOf(b));
  return [...edge(from, start), ...inner, ...edge(end, to)];
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
