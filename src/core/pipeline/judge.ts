import path from "node:path";
import { CairnError, toErrorShape } from "../../shared/errors.js";
import { type ContentLooker, type DataProject, isStored, type LockedContent } from "../data/index.js";
import type { LockedPath, LockedStage } from "./format/lock.js";
import { paramAt, type ParamFiles } from "./format/readParams.js";
import { isDict, isSame, pythonText, shown, type Value } from "./format/values.js";
import type { OutDefinition, StageDefinition } from "./types.js";

/** What a stage is now, compared with what its lock says. */
export interface Judgement {
  state: "unchanged" | "restorable" | "changed" | "broken";
  reasons: string[];
  deps: { path: string; absolute: string; content: LockedContent | undefined }[];
  /** By file as the stage names it, then by name. */
  params: Map<string, Map<string, Value>>;
  /** Outputs that are missing or not what they were. */
  spoiled: { out: OutDefinition; locked: LockedPath | undefined }[];
  /** Those of the reasons for which it cannot run. */
  missing: string[];
}

export interface JudgeContext {
  project: DataProject;
  looker: ContentLooker;
  files: ParamFiles;
  /** Whether a dependency will be made anew before the stage is its turn, so that it says nothing how it is now. */
  isPending?: (absolute: string) => boolean;
}

const PREVIEW = 60;

/**
 * Whether a stage has to run, and why. Never throws for what its files hold: then it is `broken`.
 * @param locked undefined for a stage that was never run
 */
export async function judge(
  context: JudgeContext,
  stage: StageDefinition,
  locked: LockedStage | undefined,
): Promise<Judgement> {
  const result: Judgement = {
    ...{ state: "unchanged", reasons: [], deps: [] },
    params: new Map<string, Map<string, Value>>(),
    ...{ spoiled: [], missing: [] },
  };
  try {
    const reasons = await compare(context, stage, locked, result);
    const spoiled = await outReasons(context, stage, locked, result);
    result.reasons = [...reasons, ...spoiled];
    if (reasons.length > 0) result.state = "changed";
    else if (result.spoiled.length > 0) {
      const { project } = context;
      const back = result.spoiled.every(
        ({ locked: out }) =>
          typeof out?.md5 === "string" && isStored(project, { md5: out.md5, isLegacy: out.isLegacy }),
      );
      result.state = back ? "restorable" : "changed";
    }
  } catch (error) {
    if (context.project.context.signal.aborted) throw error;
    result.state = "broken";
    result.reasons = [toErrorShape(error).message];
  }
  return result;
}

async function compare(
  context: JudgeContext,
  stage: StageDefinition,
  locked: LockedStage | undefined,
  result: Judgement,
): Promise<string[]> {
  const reasons: string[] = [];
  if (!locked) reasons.push("it has never been run");
  else if (!isSame(locked.command, stage.command)) reasons.push("the command has changed");
  if (stage.alwaysChanged) reasons.push("it is to run always");
  else if (stage.deps.length + stage.params.length + stage.outs.length === 0)
    reasons.push("it runs always, having neither dependencies nor outputs");
  const { root } = context.project.context.paths;
  for (const dep of stage.deps) {
    if (/^[a-z][a-z\d+.-]*:\/\//i.test(dep) || dep.startsWith("ds:"))
      throw new CairnError("invalid", `Dependencies outside of this machine (${dep}) are not looked at.`);
    const absolute = path.resolve(stage.cwd, dep);
    const before = locked?.deps.find((each) => each.path === dep);
    const content = await context.looker.look(absolute, before?.md5 !== undefined && before.isLegacy);
    const isRead = before?.isLegacy === true && before.md5 !== null;
    result.deps.push({
      path: dep,
      absolute,
      content: isRead ? await context.looker.look(absolute) : content,
    });
    const name = showPath(root, absolute);
    if (before?.md5 !== content?.md5 && context.isPending?.(absolute) === true) continue;
    if (!content) result.missing.push(`${name} is missing`);
    else if (!locked) continue;
    else if (!before) reasons.push(`${name} is a new dependency`);
    else if (before.md5 !== content.md5) reasons.push(`${name} has changed`);
  }
  const changes = paramReasons(context, stage, locked, result);
  if (locked) reasons.push(...changes);
  reasons.push(...result.missing);
  // A frozen stage does not look at what it depends on.
  return stage.frozen ? reasons.filter((reason) => reason === "the command has changed" || !locked) : reasons;
}

function paramReasons(
  { files, project }: JudgeContext,
  stage: StageDefinition,
  locked: LockedStage | undefined,
  result: Judgement,
): string[] {
  const reasons: string[] = [];
  for (const { path: file, names } of stage.params) {
    const absolute = path.resolve(stage.cwd, file);
    const label = showPath(project.context.paths.root, absolute);
    const all = stage.ownParams ? new Map(stage.ownParams) : files.load(absolute, label);
    if (all === undefined) {
      result.missing.push(`${label} is missing`);
      continue;
    }
    const before = locked?.params.get(file);
    const now = new Map<string, Value>();
    result.params.set(file, now);
    if (names.length === 0) {
      if (!isDict(all)) throw new CairnError("invalid", `${label} holds no mapping of parameters.`);
      for (const [key, value] of all) now.set(pythonText(key), value);
    }
    for (const name of names) {
      const value = stage.ownParams ? stage.ownParams.get(name) : paramAt(all, name);
      if (value !== undefined) now.set(name, value);
      else result.missing.push(`${label}: ${name} is missing`);
    }
    if (!locked) continue;
    const looked = names.length > 0 ? names : new Set([...now.keys(), ...(before?.keys() ?? [])]);
    for (const name of looked) {
      const [old, value] = [before?.get(name), now.get(name)];
      if (value === undefined) {
        if (names.length === 0) reasons.push(`${label}: ${name} is gone`);
      } else if (old === undefined) reasons.push(`${label}: ${name} is new (${brief(value)})`);
      else if (!isSame(old, value)) reasons.push(`${label}: ${name} ${brief(old)} → ${brief(value)}`);
    }
  }
  return reasons;
}

function brief(value: Value): string {
  const text = shown(value);
  return text.length > PREVIEW ? `${text.slice(0, PREVIEW - 1)}…` : text;
}

async function outReasons(
  { project, looker }: JudgeContext,
  stage: StageDefinition,
  locked: LockedStage | undefined,
  result: Judgement,
): Promise<string[]> {
  const reasons: string[] = [];
  for (const out of stage.outs) {
    const absolute = path.resolve(stage.cwd, out.path);
    const name = showPath(project.context.paths.root, absolute);
    if (name.startsWith("../") || path.isAbsolute(name))
      throw new CairnError("invalid", `The output ${out.path} lies outside the project.`);
    const before = locked?.outs.find((each) => each.path === out.path);
    const content = await looker.look(absolute, before?.md5 !== undefined && before.isLegacy);
    if (content && before?.md5 === content.md5) continue;
    result.spoiled.push({ out, locked: before });
    if (!locked) continue;
    reasons.push(
      !content
        ? `the output ${name} is missing`
        : before
          ? `the output ${name} was changed`
          : `the output ${name} is new`,
    );
  }
  return reasons;
}

/** Relative to the project where it lies in it. */
export function showPath(root: string, absolute: string): string {
  return path.relative(root, absolute).split(path.sep).join("/") || ".";
}
