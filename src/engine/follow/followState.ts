import { mkdir, readFile, rename, writeFile } from "node:fs/promises";
import path from "node:path";
import * as z from "zod";
import type { Logger } from "../../core/logger.js";
import { toError } from "../../shared/errors.js";

const Reader = z.object({
  plugins: z.record(z.string(), z.string()).optional(),
  samples: z.number().optional(),
  step: z.number().optional(),
  history: z.array(z.string()).optional(),
  summary: z.record(z.string(), z.string()).optional(),
  header: z.array(z.string()).optional(),
  rows: z.number().optional(),
  sum: z.number().optional(),
});

const File = z.object({
  cursor: z.object({ offset: z.number().int().min(0), guard: z.number(), state: Reader }),
  prefix: z.string(),
  /**
   * Being taken in: up to which byte, and the time given to what bears none. Written down first, so that what a killed
   * engine had stored already is stored again as the same points.
   */
  pending: z.object({ limit: z.number(), time: z.number() }).optional(),
  /** Size and time when it was last read to the end. */
  seen: z.object({ size: z.number(), mtimeMs: z.number() }).optional(),
  /** DVCLive's latest values: step and value of each that was taken in. */
  latest: z.record(z.string(), z.tuple([z.number(), z.number()])).optional(),
});

/** A picture or the like, as it was when it was copied, and the artifact that it became. */
const Copy = z.object({
  path: z.string(),
  size: z.number(),
  mtimeMs: z.number(),
  /** Absent while it is being copied: a killed engine's successor copies it to the same place. */
  done: z.boolean().optional(),
});

const State = z.object({
  version: z.literal(1),
  /** Sizes of the files that were there before the run, by absolute path, as all below. */
  baseline: z.record(z.string(), z.number()),
  /** Units that are this run's. */
  units: z.array(z.string()),
  bases: z.array(z.string()),
  files: z.record(z.string(), File),
  /** Names of metrics by the format that brought them. */
  names: z.record(z.string(), z.array(z.string())),
  artifacts: z.object({ count: z.number(), bytes: z.number() }),
  /** Absent in what an engine wrote that copied none. */
  media: z.record(z.string(), Copy).default({}),
});

export type FollowState = z.infer<typeof State>;
export type FollowedFile = z.infer<typeof File>;
export type MediaCopy = z.infer<typeof Copy>;

export const emptyState = (): FollowState => ({
  version: 1,
  baseline: {},
  units: [],
  bases: [],
  files: {},
  names: {},
  artifacts: { count: 0, bytes: 0 },
  media: {},
});

/** What an engine before this one wrote down; undefined where there is nothing that can be used. */
export async function loadState(file: string, logger: Logger): Promise<FollowState | undefined> {
  try {
    return State.parse(JSON.parse(await readFile(file, "utf8")));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT")
      logger.warn(
        `${file} cannot be read, logs of its run are read from the beginning: ${toError(error).message}`,
      );
    return undefined;
  }
}

/** Temp file and rename: a reader sees all of it or nothing. */
export async function saveState(file: string, state: FollowState): Promise<void> {
  await mkdir(path.dirname(file), { recursive: true, mode: 0o700 });
  const temporary = `${file}.tmp`;
  await writeFile(temporary, JSON.stringify(state), { mode: 0o600 });
  await rename(temporary, file);
}
