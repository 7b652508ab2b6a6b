import type { Session } from "./session.js";
import { type StoredNumber, fromStored } from "./storedNumber.js";

/** Points a bucket of each level holds. Each is 16 of the one below. */
export const LEVEL_SIZES = [64, 1024, 16_384, 262_144] as const;
/** From so many points on a series has levels. */
export const LEVELS_FROM = 2000;

/** Where the extremes of some successive points lie. */
export interface Bucket {
  count: number;
  min: Place | undefined;
  max: Place | undefined;
  nans: number;
  /** Where the first NaN is. */
  nan: { step: number; time: number } | undefined;
}

export interface Place {
  step: number;
  time: number;
  value: number;
}

export function emptyBucket(): Bucket {
  return { count: 0, min: undefined, max: undefined, nans: 0, nan: undefined };
}

/** Puts one point into a bucket. Of equal values the first stays. */
export function addPoint(bucket: Bucket, step: number, time: number, value: number): void {
  bucket.count++;
  if (Number.isNaN(value)) {
    bucket.nans++;
    bucket.nan ??= { step, time };
    return;
  }
  if (!bucket.min || value < bucket.min.value) bucket.min = { step, time, value };
  if (!bucket.max || value > bucket.max.value) bucket.max = { step, time, value };
}

/** Puts a later bucket into `into`. */
export function mergeBucket(into: Bucket, from: Bucket): void {
  into.count += from.count;
  into.nans += from.nans;
  into.nan ??= from.nan;
  if (from.min && (!into.min || from.min.value < into.min.value)) into.min = from.min;
  if (from.max && (!into.max || from.max.value > into.max.value)) into.max = from.max;
}

/** The buckets of a series that are not full yet, one for each level, and how many are full. */
export interface OpenBuckets {
  open: Bucket[];
  full: number[];
}

export type BucketRow = [
  bucket: number,
  count: number,
  minStep: number | null,
  minTime: number | null,
  minValue: StoredNumber | null,
  maxStep: number | null,
  maxTime: number | null,
  maxValue: StoredNumber | null,
  nans: number,
  nanStep: number | null,
  nanTime: number | null,
];

export const BUCKET_COLUMNS =
  "bucket, count, min_step, min_time, min_value, max_step, max_time, max_value, nans, nan_step, nan_time";

export function toBucket(row: BucketRow): Bucket {
  const [, count, minStep, minTime, minValue, maxStep, maxTime, maxValue, nans, nanStep, nanTime] = row;
  return {
    count,
    min: place(minStep, minTime, minValue),
    max: place(maxStep, maxTime, maxValue),
    nans,
    nan: nanStep === null || nanTime === null ? undefined : { step: nanStep, time: nanTime },
  };
}

function place(step: number | null, time: number | null, value: StoredNumber | null): Place | undefined {
  if (step === null || time === null || value === null) return undefined;
  return { step, time, value: fromStored(value) };
}

/** Writes the levels of series as their points come in. All within the caller's transaction. */
export class LevelWriter {
  constructor(private readonly session: Session) {}

  /** What `series` has open, as the database says. */
  load(series: number): OpenBuckets {
    const open: Bucket[] = [];
    const full: number[] = [];
    for (const [level, size] of LEVEL_SIZES.entries()) {
      const below = LEVEL_SIZES[level - 1];
      const stored = this.session.row<BucketRow>(
        `SELECT ${BUCKET_COLUMNS} FROM level WHERE series = ? AND size = ? ORDER BY bucket DESC LIMIT 1`,
        series,
        size,
      );
      const last = stored?.[0] ?? -1;
      const partial = stored !== undefined && stored[1] < size;
      const done = partial ? last : last + 1;
      const bucket = stored && partial ? toBucket(stored) : emptyBucket();
      // Upper levels are written when they are full; what they have so far stands in the full ones below.
      if (below !== undefined) {
        for (const row of this.session.rows<BucketRow>(
          `SELECT ${BUCKET_COLUMNS} FROM level WHERE series = ? AND size = ? AND bucket >= ? AND count = size`,
          series,
          below,
          done * (size / below),
        ))
          mergeBucket(bucket, toBucket(row));
      }
      open.push(bucket);
      full.push(done);
    }
    return { open, full };
  }

  /** Makes the levels of a series that has just become long, from its points in the order of their steps. */
  build(series: number, timeBase: number): OpenBuckets {
    const buckets = { open: LEVEL_SIZES.map(() => emptyBucket()), full: LEVEL_SIZES.map(() => 0) };
    for (const [step, time, value] of this.session.rows<[number, number, StoredNumber]>(
      "SELECT step, time, value FROM point WHERE series = ?",
      series,
    ))
      this.add(series, buckets, step, timeBase + time, fromStored(value));
    return buckets;
  }

  /** Takes in one point; writes buckets that it has made full. */
  add(series: number, buckets: OpenBuckets, step: number, time: number, value: number): void {
    const lowest = buckets.open[0];
    if (!lowest) return;
    addPoint(lowest, step, time, value);
    for (const [level, size] of LEVEL_SIZES.entries()) {
      const bucket = buckets.open[level];
      if (!bucket || bucket.count < size) return;
      const index = buckets.full[level] ?? 0;
      this.#write(series, size, index, bucket);
      const above = buckets.open[level + 1];
      if (above) mergeBucket(above, bucket);
      buckets.open[level] = emptyBucket();
      buckets.full[level] = index + 1;
    }
  }

  /** Writes the lowest open bucket, so that everything logged is in a bucket of the database. */
  flush(series: number, { open, full }: OpenBuckets): void {
    const bucket = open[0];
    if (bucket && bucket.count > 0) this.#write(series, LEVEL_SIZES[0], full[0] ?? 0, bucket);
  }

  #write(series: number, size: number, index: number, { count, min, max, nans, nan }: Bucket): void {
    this.session
      .sql("INSERT OR REPLACE INTO level VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)")
      .run(
        series,
        size,
        index,
        count,
        min?.step,
        min?.time,
        min?.value,
        max?.step,
        max?.time,
        max?.value,
        nans,
        nan?.step,
        nan?.time,
      );
  }
}
