import { readFile } from "node:fs/promises";
import * as z from "zod";
import { CairnError } from "../../shared/errors.js";

/** What the runner is told to start. */
export interface RunnerSpec {
  runId: string;
  argv: string[];
  cwd: string;
  /** Windows: pass the arguments as they are (`cmd /c` quotes by its own rules). */
  verbatim: boolean;
  shell: boolean;
  started: string;
  exit: string;
  console: string;
  /** Values that must not stand in the console log. */
  secrets: string[];
  /** The runner starts nothing once this file is gone: the launch was given up. */
  marker: string;
}

const Identity = z.object({
  pid: z.number().int().positive(),
  /** Tells the process from a later one with the same pid; null where the platform does not say. */
  startTime: z.string().nullable(),
});

const Started = z.object({
  /** The command; on POSIX also the id of its process group. */
  command: Identity,
  runner: Identity,
  /** Holds what the command prints and what the runner knows of it, where that is masked: see `maskedCopy.ts`. */
  keeper: Identity.optional(),
  /** The command is a shell, which tells of a signal as exit code 128 + number. */
  shell: z.boolean(),
  /** Milliseconds since the epoch. */
  time: z.number(),
  /** The command's working folder. */
  cwd: z.string().optional(),
});

const Exit = z.object({
  /** Null when a signal ended it, or when it never started. */
  exitCode: z.number().int().nullable(),
  signal: z.string().nullable(),
  /** Milliseconds since the epoch. */
  endTime: z.number(),
  durationMs: z.number(),
  /** Why the command could not be started: an error code such as ENOENT, and a sentence. */
  error: z.object({ code: z.string(), message: z.string() }).optional(),
});

const Stop = z.object({ time: z.number() });

export type ProcessIdentity = z.infer<typeof Identity>;
export type StartedRecord = z.infer<typeof Started>;
export type ExitRecord = z.infer<typeof Exit>;
export type StopRecord = z.infer<typeof Stop>;

async function read<T>(file: string, schema: z.ZodType<T>): Promise<T | undefined> {
  let text: string;
  try {
    text = await readFile(file, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
  try {
    return schema.parse(JSON.parse(text));
  } catch (cause) {
    throw new CairnError("corrupt", `The run's record ${file} cannot be read.`, { cause });
  }
}

export const readStarted = (file: string): Promise<StartedRecord | undefined> => read(file, Started);
export const readExit = (file: string): Promise<ExitRecord | undefined> => read(file, Exit);
export const readStop = (file: string): Promise<StopRecord | undefined> => read(file, Stop);
