import * as z from "zod/mini";
import { CAPTURED, type CodeState, type EnvironmentState } from "../../shared/capture.js";
import { CairnError } from "../../shared/errors.js";
import { type ArtifactReader, readWholeArtifact } from "./artifactBytes.js";

const MAX_STATE = 16 * 1024 * 1024;
const MAX_PATCH = 64 * 1024 * 1024;

const leftOut = z.array(z.object({ name: z.string(), reason: z.string() }));

const codeState = z.object({
  state: z.enum(["recorded", "none", "empty", "failed"]),
  backend: z.nullable(z.enum(["git", "isomorphic-git"])),
  root: z.nullable(z.string()),
  commit: z.nullable(z.string()),
  branch: z.nullable(z.string()),
  remote: z.nullable(z.string()),
  dirty: z.boolean(),
  changed: z.array(
    z.object({
      path: z.string(),
      change: z.enum([
        "modified",
        "added",
        "deleted",
        "renamed",
        "copied",
        "typeChanged",
        "untracked",
        "unmerged",
      ]),
    }),
  ),
  patch: z.nullable(z.object({ bytes: z.number(), files: z.number() })),
  leftOut,
  notes: z.array(z.string()),
  took: z.number(),
});

const environmentState = z.object({
  python: z.nullable(
    z.object({
      version: z.string(),
      implementation: z.string(),
      executable: z.string(),
      prefix: z.string(),
      kind: z.enum(["venv", "uv", "conda", "system"]),
      packages: z.array(z.object({ name: z.string(), version: z.string() })),
    }),
  ),
  cuda: z.nullable(z.string()),
  gpus: z.array(
    z.object({ name: z.string(), memory: z.nullable(z.number()), driver: z.nullable(z.string()) }),
  ),
  machine: z.object({
    host: z.string(),
    os: z.string(),
    architecture: z.string(),
    cpu: z.string(),
    cores: z.number(),
    memory: z.number(),
  }),
  leftOut,
  notes: z.array(z.string()),
  took: z.number(),
});

/** The state of the code that was recorded of a run; null when none was. */
export function readCodeState(reader: ArtifactReader, runId: string): Promise<CodeState | null> {
  return readState(reader, runId, CAPTURED.code, codeState);
}

/** The environment that was recorded of a run; null when none was. */
export function readEnvironment(reader: ArtifactReader, runId: string): Promise<EnvironmentState | null> {
  return readState(reader, runId, CAPTURED.environment, environmentState);
}

/** The patch against the commit, a character a byte; empty when none was recorded. */
export async function readPatch(reader: ArtifactReader, runId: string): Promise<string> {
  const bytes = await readWholeArtifact(reader, runId, CAPTURED.patch, MAX_PATCH);
  return bytes?.toString("latin1") ?? "";
}

async function readState<T>(
  reader: ArtifactReader,
  runId: string,
  path: string,
  schema: z.ZodMiniType<T>,
): Promise<T | null> {
  const bytes = await readWholeArtifact(reader, runId, path, MAX_STATE);
  if (!bytes) return null;
  try {
    return z.parse(schema, JSON.parse(bytes.toString("utf8")));
  } catch (cause) {
    throw new CairnError("corrupt", `The artifact ${path} of this run is not as Cairn writes it.`, {
      hint: "Something else wrote or changed it. Open it in the Artifacts tab.",
      cause,
    });
  }
}
