import { type Dirent, existsSync, readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { loadConfig, parseYaml, type ProjectConfigData } from "../config/index.js";
import { SKIPPED_FOLDERS } from "../data/index.js";
import { parseIgnores, readOptional } from "../lineage/index.js";
import { fillTemplate } from "../runs/index.js";
import { type Lock, type LockedStage, readLock } from "./format/lock.js";
import { ParamFiles } from "./format/readParams.js";
import { readYaml } from "./format/readYaml.js";
import { PipelineFile } from "./format/schema.js";
import { Float, isDict, type Value } from "./format/values.js";
import { resolveFile, type ResolveOptions } from "./template/resolveFile.js";
import type { StageDefinition } from "./types.js";

const MAX_FOLDERS = 200_000;
export const OWN_FILE = "cairn.yaml";

/** Everything that files of a project say of pipelines. */
export interface Collected {
  stages: StageDefinition[];
  files: ParamFiles;
  /** By lock file, relative to the project. */
  locks: Map<string, Lock>;
  problems: string[];
}

/** The name of a stage in the whole project, as DVC has it. */
export function stageName({ file, name }: Pick<StageDefinition, "file" | "name">): string {
  return file === "dvc.yaml" ? name : `${file}:${name}`;
}

/** The lock file of a pipeline file, both relative to the project. */
export function lockFileOf(file: string): string {
  return file === OWN_FILE ? "cairn.lock" : file.replace(/dvc\.yaml$/, "dvc.lock");
}

/**
 * Reads all `dvc.yaml` below a project, cairn.yaml's stages and their locks. Never throws for what they hold.
 * @param ignoreRoot the DVC repository, whose `.dvcignore` counts
 */
export async function collect(
  root: string,
  options: { ignoreRoot: string; style: ResolveOptions["style"] },
): Promise<Collected> {
  const result: Collected = {
    stages: [],
    files: new ParamFiles(),
    locks: new Map<string, Lock>(),
    problems: [],
  };
  const outs = new Set<string>();
  const ignores = new Ignores(options.ignoreRoot, root);
  const folders = [""];
  for (let seen = 0; folders.length > 0 && seen < MAX_FOLDERS; seen++) {
    const folder = folders.shift() ?? "";
    const below = (name: string) => (folder === "" ? name : `${folder}/${name}`);
    const entries = list(path.join(root, folder));
    const names = new Set(entries.map(({ name }) => name));
    if (names.has(".dvcignore")) ignores.add(path.join(root, folder));
    if (names.has("dvc.yaml")) addFile(root, below("dvc.yaml"), options.style, result);
    for (const { cwd, outs: made } of result.stages)
      for (const out of made) outs.add(path.resolve(cwd, out.path));
    for (const entry of entries) {
      if (!entry.isDirectory() || SKIPPED_FOLDERS.has(entry.name) || names.has(`${entry.name}.dvc`)) continue;
      const name = below(entry.name);
      if (!outs.has(path.join(root, name)) && !ignores.has(path.join(root, name))) folders.push(name);
    }
  }
  await addOwn(root, result);
  for (const file of new Set(result.stages.map((stage) => stage.file))) {
    const label = lockFileOf(file);
    const at = path.join(root, label);
    const lock = existsSync(at) ? readLock(label, readFileSync(at, "utf8")) : undefined;
    result.locks.set(label, lock ?? { stages: new Map<string, LockedStage>(), problems: [] });
    result.problems.push(...(lock?.problems ?? []));
  }
  return result;
}

/** Folders that `.dvcignore` names: of those above the project and of those that were looked at. */
class Ignores {
  private readonly levels: { folder: string; rules: ReturnType<typeof parseIgnores> }[] = [];

  constructor(top: string, project: string) {
    const above: string[] = [];
    for (let folder = project; folder !== top && folder !== path.dirname(folder);) {
      folder = path.dirname(folder);
      above.unshift(folder);
    }
    for (const folder of above) this.add(folder);
  }

  add(folder: string): void {
    const file = path.join(folder, ".dvcignore");
    if (existsSync(file)) this.levels.push({ folder, rules: parseIgnores(readOptional(file)) });
  }

  has(folder: string): boolean {
    let ignored = false;
    for (const { folder: base, rules } of this.levels) {
      const name = path.relative(base, folder).split(path.sep).join("/");
      if (name.startsWith("../")) continue;
      const rule = rules.findLast(({ matches }) => matches(name));
      if (rule) ignored = !rule.isNegated;
    }
    return ignored;
  }
}

function list(folder: string): Dirent[] {
  try {
    return readdirSync(folder, { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1));
  } catch {
    return []; // gone, or not to be read: no pipeline is there
  }
}

function addFile(root: string, file: string, style: ResolveOptions["style"], result: Collected): void {
  const text = readFileSync(path.join(root, file), "utf8");
  const checked = parseYaml(file, text, PipelineFile);
  const read = checked.problems.length > 0 ? undefined : readYaml(file, text);
  const problems = read?.problems ?? checked.problems;
  result.problems.push(...problems);
  if (problems.length > 0 || !isDict(read?.value)) return;
  const resolved = resolveFile({ root, file, files: result.files, style }, read.value);
  result.stages.push(...resolved.stages);
  result.problems.push(...resolved.problems);
}

/** The stages of cairn.yaml, whose parameters stand in it and fill `{name}` in the command. */
async function addOwn(root: string, result: Collected): Promise<void> {
  if (!existsSync(path.join(root, OWN_FILE))) return;
  const config = await loadConfig(root);
  result.problems.push(...config.problems);
  for (const [name, stage] of Object.entries(config.data.stages ?? {}))
    result.stages.push(ownStage(root, name, stage));
}

type OwnStage = NonNullable<ProjectConfigData["stages"]>[string];

function ownStage(root: string, name: string, { command, deps, outs, params }: OwnStage): StageDefinition {
  const values = new Map<string, Value>(
    Object.entries(params ?? {}).map(([key, value]) => [
      key,
      typeof value !== "number" ? value : Number.isSafeInteger(value) ? BigInt(value) : new Float(value),
    ]),
  );
  const own = params ?? {};
  // A placeholder without a parameter is left as it stands: the shell may know it.
  const filled = fillTemplate(command, (key) =>
    Object.hasOwn(own, key) ? String(own[key] ?? "") : `{${key}}`,
  );
  return {
    ...{ name, file: OWN_FILE, group: null, cwd: root, command: filled },
    deps: deps ?? [],
    params: values.size === 0 ? [] : [{ path: OWN_FILE, names: [...values.keys()] }],
    ownParams: values.size === 0 ? null : values,
    outs: (outs ?? []).map((out) => ({ path: out, kind: "out", cached: true, persisted: false })),
    frozen: false,
    alwaysChanged: false,
    description: null,
  };
}
