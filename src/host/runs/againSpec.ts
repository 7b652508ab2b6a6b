import * as z from "zod/mini";
import { CairnError } from "../../shared/errors.js";
import type { EntryInfo, LaunchSpec } from "../../shared/protocol.js";
import { type Run, TAG } from "../../shared/tracking.js";
import { splitCommand } from "./pickItems.js";

/** How a run was started, as far as it can be started so again. */
export type Again = { where: Pick<LaunchSpec, "cwd" | "data" | "env"> } & (
  | { entry: EntryInfo; params: Record<string, string> }
  | { command: string[]; line: string; params: Record<string, string> }
);

const launchRecord = z.object({
  cwd: z.optional(z.string()),
  params: z.optional(z.array(z.string())),
  data: z.optional(z.array(z.string())),
  env: z.optional(z.record(z.string(), z.string())),
});

const REDACTED = "cairn.redacted";
const MASK = "***";
/** MLflow's limit of a tag: a command line that is as long was cut. */
const MAX_TAG = 8000;

/**
 * Reads from a run's record how it was started. `exact`: refuses when a part of it was not recorded, because it is
 * secret or too long. Throws `notFound` for a run that Cairn has not started, or whose entry is gone; `refused`.
 */
export function againSpec(run: Run, entries: readonly EntryInfo[], exact: boolean): Again {
  const tags = new Map(run.data.tags.map(({ key, value }) => [key, value]));
  const leftOut = new Set((tags.get(REDACTED) ?? "").split(", ").filter((name) => name !== ""));
  const { params: names = [], ...where } = readLaunch(tags.get(TAG.launch));
  const stage = tags.get(TAG.stage);
  if (stage !== undefined)
    throw new CairnError("refused", `${run.info.runName} is a run of the stage ${stage}.`, {
      hint: "Reproduce Pipeline… runs it again, and records what it makes.",
    });
  const name = tags.get(TAG.entry);
  if (name !== undefined) {
    const entry = entries.find((each) => each.name === name);
    if (!entry) {
      throw new CairnError(
        "notFound",
        `The entry "${name}" that this run was started from is not there any more.`,
        {
          hint: "Name it in cairn.yaml again, or run its command.",
        },
      );
    }
    return { entry, params: entryParams(run, entry, leftOut), where };
  }
  const line = tags.get(TAG.command);
  const command = line === undefined ? undefined : splitCommand(line);
  if (line === undefined || command === undefined || command.length === 0) {
    throw new CairnError("notFound", `How ${run.info.runName} was started is not recorded.`, {
      hint: "Cairn knows it of runs that were started with it: Run Entry, Run Python File, Run Command, cairn run.",
    });
  }
  if (exact && (line.length >= MAX_TAG || (leftOut.size > 0 && line.includes(MASK)))) {
    throw new CairnError("refused", `Not all of the command of ${run.info.runName} is recorded.`, {
      hint: "Secrets are left out. Run Again with Changes… lets you fill them in.",
    });
  }
  return { command, line, params: paramsOf(run, new Set(names), leftOut), where };
}

/** Nothing for runs that an earlier Cairn has started, and for what cannot be read. */
function readLaunch(text = "{}"): z.infer<typeof launchRecord> {
  try {
    return launchRecord.parse(JSON.parse(text));
  } catch {
    return {};
  }
}

/** What the run had for the entry's own parameters; a script logs others of its own, and secrets were left out. */
function entryParams(run: Run, entry: EntryInfo, leftOut: ReadonlySet<string>): Record<string, string> {
  const names = new Set(Object.keys(entry.params));
  for (const [, name] of entry.command.matchAll(/\{(\w+)\}/g)) if (name !== undefined) names.add(name);
  return paramsOf(run, names, leftOut);
}

function paramsOf(
  run: Run,
  names: ReadonlySet<string>,
  leftOut: ReadonlySet<string>,
): Record<string, string> {
  const known = run.data.params.filter(({ key }) => names.has(key) && !leftOut.has(key));
  return Object.fromEntries(known.map(({ key, value }) => [key, value]));
}
