import { existsSync, lstatSync, readFileSync, rmSync, statSync } from "node:fs";
import path from "node:path";
import { CairnError } from "../../shared/errors.js";
import type {
  StageFinished,
  StageLaunch,
  StagePlan,
  StagePrepared,
  StageSelection,
} from "../../shared/pipeline/api.js";
import {
  assertNotLocked,
  ContentLooker,
  type DataProject,
  findTracked,
  type LockedContent,
  placeOf,
  restoreOutput,
  storeOutput,
} from "../data/index.js";
import { writeWhole } from "../files/index.js";
import { lockFileOf, stageName } from "./collect.js";
import { type LockedPath, type LockedStage, readLock, writeLock } from "./format/lock.js";
import { isDict, pythonText, type Value } from "./format/values.js";
import { activeUpstream, select } from "./graph.js";
import { judge, type Judgement, showPath } from "./judge.js";
import { readMetrics } from "./metrics.js";
import { commandsOf, lockedOf, type Pipelines, readPipelines } from "./pipelines.js";
import type { StageDefinition } from "./types.js";

/** Throws CairnError `invalid` for pipelines that cannot be reproduced. */
export function assertSound({ problems }: Pick<Pipelines, "problems">): void {
  const [first, ...others] = problems;
  if (first === undefined) return;
  const more = others.length === 0 ? "" : ` (and ${others.length} more)`;
  throw new CairnError("invalid", `${first}${more}`, {
    hint: others.length === 0 ? "Correct it and try again." : others.join("\n"),
  });
}

/** Which stages are to be looked at. Throws CairnError `invalid` for pipelines that cannot be reproduced, `notFound`. */
export async function planStages(project: DataProject, selection: StageSelection): Promise<StagePlan> {
  const pipelines = await readPipelines(project);
  assertSound(pipelines);
  const { graph } = pipelines;
  const names = select(graph, selection);
  return { stages: names.map((name) => ({ name, upstream: activeUpstream(graph, name) })) };
}

/**
 * Looks at a stage right before it would run: nothing is to be done, its outputs are restored, or it is made ready to run
 * (its outputs are removed, as DVC does, but for persisted ones). Throws CairnError `notFound` (a dependency is missing),
 * `invalid`, `busy` (DVC is at work).
 */
export async function prepareStage(
  project: DataProject,
  name: string,
  options: { force: boolean },
): Promise<StagePrepared> {
  const pipelines = await readPipelines(project);
  assertSound(pipelines);
  const stage = stageNamed(pipelines, name);
  const looker = new ContentLooker(project);
  try {
    const found = await judge({ project, looker, files: pipelines.files }, stage, lockedOf(pipelines, stage));
    const { reasons } = found;
    const nothing = { reasons, launch: null, before: "" };
    if (found.state === "broken") throw new CairnError("invalid", `${name}: ${reasons[0] ?? ""}`);
    if (found.state === "unchanged" && !options.force) return { outcome: "unchanged", ...nothing };
    assertFree(project, stage);
    if (found.state === "restorable" && !options.force) {
      await restoreAll(project, stage, found);
      return { outcome: "restored", ...nothing };
    }
    if (stage.frozen) {
      if (!stage.outs.every((out) => existsSync(path.resolve(stage.cwd, out.path))))
        throw new CairnError("notFound", `The stage ${name} is frozen, and an output of it is missing.`, {
          hint: "Take `frozen` away to run it, or bring the output back.",
        });
      return { outcome: "frozen", ...nothing, before: beforeOf(stage, found) };
    }
    assertReady(project, stage, found);
    removeOutputs(project, stage);
    const why = options.force && reasons.length === 0 ? ["it is to run whatever has changed"] : reasons;
    const launch = launchOf(project, pipelines, stage, found);
    return { outcome: "run", reasons: why, launch, before: beforeOf(stage, found) };
  } finally {
    await looker.close();
  }
}

/**
 * Records what a stage has made: its outputs in the store, then its lock. Killed in between, it counts as not run. Throws
 * CairnError `notFound` where an output is missing, `refused` where Git tracks one.
 */
export async function finishStage(
  project: DataProject,
  name: string,
  before: string,
  message: string,
): Promise<StageFinished> {
  const { root } = project.context.paths;
  const stage = stageNamed(await readPipelines(project), name);
  const missing = stage.outs.filter((out) => !existsSync(path.resolve(stage.cwd, out.path)));
  if (missing.length > 0) {
    const names = missing.map((out) => showPath(root, path.resolve(stage.cwd, out.path))).join(", ");
    throw new CairnError("notFound", `The stage ${name} has not made ${names}.`, {
      hint: "Correct its command, or its list of outputs.",
    });
  }
  const wrote = new Set<string>();
  const outs: LockedPath[] = [];
  const looker = new ContentLooker(project);
  try {
    for (const out of stage.outs) {
      const absolute = path.resolve(stage.cwd, out.path);
      if (out.cached) {
        const stored = await storeOutput(project, { path: absolute, message });
        for (const file of stored.wrote) wrote.add(file);
        outs.push(lockedPath(out.path, stored));
      } else {
        const content = await looker.look(absolute);
        if (content) outs.push(lockedPath(out.path, content));
      }
    }
  } finally {
    await looker.close();
  }
  const entry = readLock("lock", before).stages.get(stage.name);
  if (!entry) throw new CairnError("internal", `What ${name} ran with is lost.`);
  const lock = lockFileOf(stage.file);
  await writeEntry(path.join(root, lock), lock, stage.name, { ...entry, outs });
  wrote.add(lock);
  return { ...readMetrics(stage), wrote: [...wrote] };
}

async function writeEntry(file: string, label: string, name: string, stage: LockedStage): Promise<void> {
  const previous = existsSync(file) ? readFileSync(file, "utf8") : undefined;
  if (previous !== undefined) assertSound(readLock(label, previous));
  const text = writeLock(previous, name, stage);
  if (text !== previous) await writeWhole(file, text);
}

function stageNamed({ graph }: Pipelines, name: string): StageDefinition {
  const stage = graph.stages.get(name);
  if (stage) return stage;
  throw new CairnError("notFound", `There is no stage ${name} any more.`);
}

const lockedPath = (given: string, { md5, size, files, isExecutable }: LockedContent): LockedPath => ({
  ...{ path: given, md5, isLegacy: false, size, files, isExecutable },
});

function beforeOf(stage: StageDefinition, { deps, params }: Judgement): string {
  const locked = deps.flatMap(({ path: given, content }) => (content ? [lockedPath(given, content)] : []));
  return writeLock(undefined, stage.name, { command: stage.command, deps: locked, params, outs: [] });
}

function assertFree({ dvc }: DataProject, stage: StageDefinition): void {
  for (const given of [...stage.outs.map((out) => out.path), ...stage.deps])
    assertNotLocked(dvc, path.resolve(stage.cwd, given));
}

function assertReady(project: DataProject, stage: StageDefinition, found: Judgement): void {
  const { root } = project.context.paths;
  const [missing] = found.missing;
  if (missing !== undefined)
    throw new CairnError("notFound", `${missing}, and ${stageName(stage)} depends on it.`, {
      hint: "Bring it back, or correct the stage's deps and params.",
    });
  if (statSync(stage.cwd, { throwIfNoEntry: false })?.isDirectory() !== true)
    throw new CairnError(
      "notFound",
      `The working folder ${showPath(root, stage.cwd)} of ${stageName(stage)} is missing.`,
    );
}

async function restoreAll(
  project: DataProject,
  stage: StageDefinition,
  { spoiled }: Judgement,
): Promise<void> {
  const { root } = project.context.paths;
  for (const { out, locked } of spoiled) {
    if (typeof locked?.md5 !== "string") continue;
    const { md5, isLegacy, isExecutable } = locked;
    const name = showPath(root, path.resolve(stage.cwd, out.path));
    await restoreOutput(project, name, { md5, isLegacy, isExecutable });
  }
}

/** As DVC does, so that nothing of an earlier run is taken for something that this one has made. */
function removeOutputs({ context }: DataProject, stage: StageDefinition): void {
  for (const out of stage.outs) {
    if (out.persisted) continue;
    const { target } = placeOf(context.paths.root, path.resolve(stage.cwd, out.path));
    if (lstatSync(target, { throwIfNoEntry: false })) rmSync(target, { recursive: true, force: true });
  }
}

function launchOf(
  { context, dvc }: DataProject,
  { graph }: Pipelines,
  stage: StageDefinition,
  found: Judgement,
): StageLaunch {
  const { root } = context.paths;
  const made = [...graph.stages.values()].flatMap(({ cwd, outs }) =>
    outs.map((out) => path.resolve(cwd, out.path)),
  );
  const datasets = [...findTracked(root).map((each) => path.join(root, each.path)), ...made];
  const overlaps = (a: string, b: string) =>
    a === b || a.startsWith(b + path.sep) || b.startsWith(a + path.sep);
  const name = stageName(stage);
  return {
    ...{ name, commands: commandsOf(stage), cwd: stage.cwd },
    params: paramsOf(found.params),
    data: found.deps.flatMap((dep) =>
      datasets.some((place) => overlaps(place, dep.absolute)) ? [dep.path] : [],
    ),
    env: { DVC_ROOT: dvc?.root ?? root, DVC_STAGE: name },
  };
}

/** As a script that logs its parameters would: Python's text of each leaf, the file named only where a name stands in two. */
function paramsOf(params: Judgement["params"]): Record<string, string> {
  const found: Record<string, string> = {};
  for (const [file, values] of params)
    for (const [name, value] of values)
      for (const [key, leaf] of leaves(name, value))
        found[Object.hasOwn(found, key) ? `${file}/${key}` : key] = leaf;
  return found;
}

function leaves(name: string, value: Value): [string, string][] {
  if (!isDict(value) || value.size === 0) return [[name, pythonText(value)]];
  return [...value].flatMap(([key, each]) => leaves(`${name}.${pythonText(key)}`, each));
}
