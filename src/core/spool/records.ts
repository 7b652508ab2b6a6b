import * as z from "zod";

export const SPOOL_VERSION = 1;

const time = z.int().nonnegative();
const texts = z.record(z.string(), z.string());
/** `file` is a copy in the spool's folder, `ref` a large file where it lies: one of the two. */
const content = {
  path: z.string(),
  file: z
    .string()
    .regex(/^\d{1,9}$/)
    .optional(),
  ref: z.string().optional(),
};

/** The first line: who writes. Of another version only the number is known. */
export const headerSchema = z.object({
  v: z.literal(SPOOL_VERSION),
  run: z.string().regex(/^[a-zA-Z0-9][\w-]{0,255}$/),
  pid: z.int().positive(),
  /** As `core/runs` identifies processes; null where the platform does not tell. */
  start: z.string().nullable(),
  host: z.string(),
  time,
});
export type SpoolHeader = z.infer<typeof headerSchema>;
export const versionSchema = z.object({ v: z.int() });

/** Values of one step, or of the same call. Not finite ones are words, as in protobuf's JSON. */
export interface SpoolPoints {
  k: "m";
  /** Milliseconds since the epoch. */
  t: number;
  s: number;
  m: ReadonlyMap<string, number>;
}

const recordSchema = z.discriminatedUnion("k", [
  z.object({
    k: z.literal("run"),
    resumed: z.boolean(),
    owned: z.boolean(),
    experiment: z.string().nullable(),
    experiment_id: z.string(),
    name: z.string().nullable(),
    start: time,
    tags: texts,
  }),
  z.object({ k: z.literal("params"), values: texts }),
  z.object({ k: z.literal("tags"), values: texts }),
  z.object({ k: z.literal("artifact"), ...content }),
  z.object({
    k: z.literal("model"),
    name: z.string(),
    files: z.array(z.object(content)),
  }),
  z.object({ k: z.literal("end"), status: z.enum(["FINISHED", "FAILED", "KILLED"]), t: time }),
  z.object({ k: z.literal("close") }),
]);
export type SpoolRecord = z.infer<typeof recordSchema> | SpoolPoints;
export type RunRecord = SpoolRecord & { k: "run" };
export interface SpoolContent {
  /** Below the run's artifacts. */
  path: string;
  file?: string | undefined;
  ref?: string | undefined;
}

export const isSpoolName = (name: string): boolean => /^[a-zA-Z0-9][\w.-]*\.jsonl$/.test(name);

/** What a line says; undefined for what no version 1 writer writes. */
export function parseRecord(line: string): SpoolRecord | undefined {
  const value = parseJson(line);
  if (typeof value !== "object" || value === null) return undefined;
  return (value as { k?: unknown }).k === "m" ? parsePoints(value) : recordSchema.safeParse(value).data;
}

export function parseJson(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}

const words: Readonly<Record<string, number>> = { NaN, Infinity, "-Infinity": -Infinity };

/** By hand, as nearly every line is of this kind. */
function parsePoints(value: { t?: unknown; s?: unknown; m?: unknown }): SpoolPoints | undefined {
  const { t, s, m } = value;
  if (!Number.isSafeInteger(t) || !Number.isSafeInteger(s) || typeof m !== "object" || m === null)
    return undefined;
  const points = new Map<string, number>();
  for (const [key, given] of Object.entries(m)) {
    const number: unknown = typeof given === "string" && Object.hasOwn(words, given) ? words[given] : given;
    if (typeof number !== "number") return undefined;
    points.set(key, number);
  }
  return { k: "m", t: t as number, s: s as number, m: points };
}
