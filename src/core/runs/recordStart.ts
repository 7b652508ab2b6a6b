import os from "node:os";
import path from "node:path";
import { CairnError } from "../../shared/errors.js";
import { ENVIRONMENT_CHOICES, type LaunchRecord, type LaunchSpec } from "../../shared/protocol.js";
import { TAG, type KeyValue, type Run } from "../../shared/tracking.js";
import type { TrackingStore } from "../tracking/index.js";
import type { Redactor } from "../redact/index.js";
import type { ResolvedCommand } from "./resolveCommand.js";
import { displayCommand } from "./shell.js";

const DEFAULT_EXPERIMENT = "Default";
/** MLflow's limits: parameters in one batch, characters of a tag's value. */
const MAX_BATCH = 100;
const MAX_TAG = 8000;
/** Names of arguments and parameters whose values were not recorded. */
export const REDACTED = "cairn.redacted";

/** The experiment of this name, made if there is none. Throws `refused` for a deleted one. */
export async function experimentFor(store: TrackingStore, name = DEFAULT_EXPERIMENT): Promise<string> {
  const found = await store.getExperimentByName(name);
  if (found === undefined) {
    try {
      return (await store.createExperiment({ name })).experimentId;
    } catch (error) {
      // Somebody else was quicker.
      if (!(error instanceof CairnError) || error.code !== "exists") throw error;
      return (await store.getExperimentByName(name))?.experimentId ?? Promise.reject(error);
    }
  }
  if (found.lifecycleStage === "deleted") {
    throw new CairnError("refused", `The experiment "${name}" is deleted.`, {
      hint: "Restore it, or choose another name.",
    });
  }
  return found.experimentId;
}

function userName(): string {
  try {
    return os.userInfo().username;
  } catch {
    return ""; // a container's user without a name
  }
}

function commandLine(resolved: ResolvedCommand, argv: readonly string[]): string {
  return (resolved.shell ? (argv[0] ?? "") : displayCommand(argv)).slice(0, MAX_TAG);
}

/** How to start the run again; what is too long for a tag is not recorded. */
function launchTag(root: string, spec: LaunchSpec, cwd: string, redactor: Redactor): KeyValue[] {
  const inside = path.relative(root, cwd);
  const isInside = inside !== ".." && !inside.startsWith(`..${path.sep}`) && !path.isAbsolute(inside);
  // An entry says itself where it runs.
  const isChosen = spec.entry === undefined || spec.cwd !== undefined;
  const params = Object.keys(spec.params ?? {});
  const env = Object.fromEntries(
    ENVIRONMENT_CHOICES.flatMap((name) => {
      const value = spec.env?.[name];
      return value === undefined || redactor.text(value).leftOut.length > 0 ? [] : [[name, value] as const];
    }),
  );
  const record: LaunchRecord = {
    ...(isChosen && inside !== "" ? { cwd: isInside ? inside.split(path.sep).join("/") : cwd } : {}),
    ...(params.length > 0 ? { params } : {}),
    ...(spec.data !== undefined && spec.data.length > 0 ? { data: spec.data } : {}),
    ...(Object.keys(env).length > 0 ? { env } : {}),
  };
  const value = JSON.stringify(record);
  const isRecorded = value !== "{}" && value.length <= MAX_TAG && redactor.text(value).leftOut.length === 0;
  return isRecorded ? [{ key: TAG.launch, value }] : [];
}

/** Creates the run with its tags and parameters. What `redact` and the names of secrets hide is named, not recorded. */
export async function recordStart(
  store: TrackingStore,
  run: { runId: string; experimentId: string; startTime: number; root: string },
  spec: LaunchSpec,
  resolved: ResolvedCommand,
  redactor: Redactor,
): Promise<Run> {
  const params = redactor.params(resolved.params);
  const hidden = params.leftOut.map((name) => resolved.params[name] ?? "").filter((value) => value !== "");
  const bare = resolved.recorded.map((text) =>
    hidden.reduce((result, value) => result.replaceAll(value, "***"), text),
  );
  const argv = redactor.arguments(bare);
  const shown = (text: string | undefined, what: string): string | undefined => {
    if (text === undefined) return undefined;
    const masked = redactor.text(text);
    if (masked.leftOut.length > 0) params.leftOut.push(what);
    return masked.value;
  };
  const note = shown(spec.note, "the note");
  const name = shown(spec.name, "the name");
  const leftOut = [...new Set([...params.leftOut, ...argv.leftOut])];
  const user = userName();
  const tags: KeyValue[] = [
    { key: TAG.user, value: user },
    { key: TAG.sourceName, value: resolved.source },
    { key: TAG.sourceType, value: resolved.sourceType },
    { key: TAG.command, value: commandLine(resolved, argv.value) },
    ...launchTag(run.root, spec, resolved.cwd, redactor),
    ...(resolved.entry === undefined ? [] : [{ key: TAG.entry, value: resolved.entry }]),
    ...(resolved.stage === undefined ? [] : [{ key: TAG.stage, value: resolved.stage }]),
    ...(note === undefined ? [] : [{ key: TAG.note, value: note }]),
    ...(leftOut.length === 0 ? [] : [{ key: REDACTED, value: leftOut.join(", ").slice(0, MAX_TAG) }]),
  ];
  const created = await store.createRun({
    runId: run.runId,
    experimentId: run.experimentId,
    userId: user,
    startTime: run.startTime,
    status: "RUNNING",
    tags,
    ...(name === undefined || name === "" ? {} : { runName: name }),
  });
  const pairs = Object.entries(params.value).map(([key, value]) => ({ key, value }));
  for (let i = 0; i < pairs.length; i += MAX_BATCH) {
    await store.logBatch(run.runId, { params: pairs.slice(i, i + MAX_BATCH) });
  }
  return created;
}
