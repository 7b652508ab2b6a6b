import { readFileSync } from "node:fs";
import path from "node:path";
import * as z from "zod";
import { CairnError } from "../../../shared/errors.js";
import { parseYaml } from "../../config/index.js";
import type { ContentId } from "../contents.js";
import { readPointer } from "../dvc/pointer.js";

/** What a pointer or a lock file says of one file or folder. */
export interface Output extends ContentId {
  /** Relative to the project, with `/`. */
  path: string;
  /** The remote that it alone belongs to. */
  remote: string | undefined;
  /** Why it is not pushed or pulled, where it is not. */
  excluded: { push?: string; pull?: string };
}

const LockFile = z.looseObject({
  stages: z
    .record(
      z.string(),
      z.looseObject({
        outs: z
          .array(z.looseObject({ path: z.string(), md5: z.string().optional(), hash: z.string().optional() }))
          .optional(),
      }),
    )
    .optional(),
});

const Flags = z.looseObject({
  cache: z.boolean().optional(),
  push: z.boolean().optional(),
  remote: z.string().optional(),
});
type Flags = z.infer<typeof Flags>;

const StageOuts = z.array(z.union([z.string(), z.record(z.string(), Flags)]));
const Stage = z.looseObject({
  wdir: z.string().optional(),
  outs: StageOuts.optional(),
  metrics: StageOuts.optional(),
  plots: StageOuts.optional(),
});
const PipelineFile = z.looseObject({
  stages: z.record(z.string(), z.looseObject({ do: Stage.optional(), ...Stage.shape })).optional(),
});

const IS_MD5 = /^[0-9a-f]{32}(\.dir)?$/;
const NOT_CACHED = "it is not kept by DVC (cache: false)";

/**
 * The outputs that a pointer or lock file names. `name` is its path relative to the project. Throws CairnError
 * `corrupt` for a pointer that cannot be read.
 */
export function outputsOf(name: string, text: string, pipeline?: string): Output[] {
  return name.endsWith(".dvc") ? pointerOutputs(name, text) : lockOutputs(name, text, pipeline);
}

/** The same of a file of the work tree. */
export function outputsAt(root: string, name: string): Output[] {
  const beside = path.join(root, path.dirname(name), "dvc.yaml");
  const pipeline = name.endsWith(".dvc") ? undefined : readIfThere(beside);
  return outputsOf(name, readFileSync(path.join(root, name), "utf8"), pipeline);
}

function pointerOutputs(name: string, text: string): Output[] {
  const { pointer, problems } = readPointer(name, text);
  if (!pointer) {
    throw new CairnError("corrupt", `The pointer ${name} cannot be used: ${problems[0] ?? "it is empty"}.`, {
      hint: "Take it from Git again, or remove it and add the dataset again.",
    });
  }
  const folder = path.posix.join(path.posix.dirname(name), pointer.wdir ?? ".");
  const isImport = pointer.deps?.some(({ repo }) => repo !== undefined) === true;
  return pointer.outs.flatMap((out): Output[] => {
    const at = path.posix.join(folder, out.path).replace(/\/$/, "");
    if (out.files)
      return [excluded(at, "it is kept by the cloud's own versions", { push: true, pull: true })];
    if (out.md5 === undefined || !IS_MD5.test(out.md5)) return [];
    const reasons = isImport
      ? { push: "it is imported from another repository", pull: "it is imported from another repository" }
      : out.cache === false
        ? { push: NOT_CACHED, pull: NOT_CACHED }
        : out.push === false
          ? { push: "its pointer says so (push: false)" }
          : {};
    return [{ path: at, md5: out.md5, isLegacy: out.hash !== "md5", remote: out.remote, excluded: reasons }];
  });
}

function excluded(at: string, reason: string, of: { push: boolean; pull: boolean }): Output {
  const reasons = { ...(of.push ? { push: reason } : {}), ...(of.pull ? { pull: reason } : {}) };
  return { path: at, md5: "", isLegacy: false, remote: undefined, excluded: reasons };
}

function lockOutputs(name: string, text: string, pipeline?: string): Output[] {
  const { value } = parseYaml(name, text, LockFile);
  const stages =
    pipeline === undefined ? {} : (parseYaml("dvc.yaml", pipeline, PipelineFile).value?.stages ?? {});
  return Object.entries(value?.stages ?? {}).flatMap(([stage, { outs = [] }]) => {
    const written = stages[stage] ?? stages[stage.split("@")[0] ?? stage];
    const definition = written?.do ?? written;
    return outs.flatMap(({ path: own, md5, hash }): Output[] => {
      const at = path.posix
        .normalize(path.posix.join(path.posix.dirname(name), definition?.wdir ?? ".", own))
        .replace(/\/$/, "");
      if (md5 === undefined || !IS_MD5.test(md5) || path.isAbsolute(own)) return [];
      const flags = flagsOf(definition, own);
      const reasons =
        flags.cache === false
          ? { push: NOT_CACHED, pull: NOT_CACHED }
          : flags.push === false
            ? { push: "its stage says so (push: false)" }
            : {};
      return [{ path: at, md5, isLegacy: hash !== "md5", remote: flags.remote, excluded: reasons }];
    });
  });
}

/** What `dvc.yaml` says of an output; names with variables in them match by their other parts. */
function flagsOf(definition: z.infer<typeof Stage> | undefined, own: string): Flags {
  const { outs = [], metrics = [], plots = [] } = definition ?? {};
  for (const entry of [...outs, ...metrics, ...plots]) {
    if (typeof entry === "string") continue;
    for (const [name, flags] of Object.entries(entry)) {
      const parts = name.split(/\$\{[^}]*\}/).map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, "\\$&"));
      if (new RegExp(`^${parts.join(".*")}$`).test(own)) return flags;
    }
  }
  return {};
}

function readIfThere(file: string): string | undefined {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return undefined;
  }
}
