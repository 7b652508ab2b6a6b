import { existsSync } from "node:fs";
import path from "node:path";
import { projectPaths } from "../core/project/index.js";
import { readCodeState } from "../engine/client/captured.js";
import type { EngineClient } from "../engine/client/index.js";
import { CairnError } from "../shared/errors.js";
import type { Run } from "../shared/tracking.js";
import type { CommandContext } from "./command.js";
import { runDocument, type RunDocument } from "./runDocument.js";

/** Whether anything was ever recorded; commands that only look write nothing where it was not. */
export function hasRecords(project: string): boolean {
  return existsSync(projectPaths(project).database);
}

/** The same for versions of data, which their store alone tells if the database was lost. */
export function hasData(project: string): boolean {
  return hasRecords(project) || existsSync(path.join(projectPaths(project).data, "store"));
}

/** Work with the project's engine, or with one in this process for as long as the work takes. */
export async function withProject<T>(
  context: CommandContext,
  work: (client: EngineClient) => Promise<T>,
): Promise<T> {
  const { project, logger, signal } = context;
  // The engine is most of this program; what does without it starts sooner.
  const { withEngine } = await import("../engine/index.js");
  return withEngine({ project, kind: "cli", logger, signal }, work);
}

/** The same for a command about runs that must exist. */
export function withRuns<T>(context: CommandContext, work: (client: EngineClient) => Promise<T>): Promise<T> {
  if (!hasRecords(context.project)) {
    throw new CairnError("notFound", `Nothing has been recorded in ${context.project} yet.`, {
      hint: "cairn run -- COMMAND records a first run.",
    });
  }
  return withProject(context, work);
}

/** Names of all experiments by id, deleted ones too. */
export async function experimentNames(client: EngineClient): Promise<Map<string, string>> {
  const { experiments } = await client.request("experiments", { view: "ALL" });
  return new Map(experiments.map(({ experimentId, name }) => [experimentId, name]));
}

/** Ids of the experiments named; of all that are not deleted when none is. */
export async function experimentIds(client: EngineClient, names: readonly string[]): Promise<string[]> {
  const { experiments } = await client.request("experiments", {
    view: names.length > 0 ? "ALL" : "ACTIVE_ONLY",
  });
  if (names.length === 0) return experiments.map(({ experimentId }) => experimentId);
  return names.map((name) => {
    const found = experiments.find(
      (experiment) => experiment.name === name || experiment.experimentId === name,
    );
    if (found !== undefined) return found.experimentId;
    const known = experiments.map((experiment) => experiment.name).join(", ");
    throw new CairnError("notFound", `There is no experiment "${name}".`, { hint: `There are: ${known}.` });
  });
}

/** Id of the run that is given by its id or by its beginning. */
export async function findRunId(client: EngineClient, given: string): Promise<string> {
  if (!/^[\w-]{1,256}$/.test(given)) throw new CairnError("invalid", `"${given}" is not a run id.`);
  const all = await client.request("experiments", { view: "ALL" });
  const search = async (filter: string): Promise<Run[]> => {
    const page = await client.request("runSearch", {
      experimentIds: all.experiments.map(({ experimentId }) => experimentId),
      filter,
      maxResults: 3,
      view: "ALL",
    });
    return page.items;
  };
  // An underscore would stand for any character.
  const prefix = given.includes("_") ? [] : await search(`attributes.run_id LIKE '${given}%'`);
  const exact = prefix.filter(({ info }) => info.runId === given);
  const found =
    exact.length > 0 ? exact : prefix.length > 0 ? prefix : await search(`attributes.run_id = '${given}'`);
  if (found.length > 1) {
    throw new CairnError("invalid", `More than one run's id begins with ${given}.`, {
      hint: `Among them: ${found.map(({ info }) => info.runId).join(", ")}.`,
    });
  }
  const [run] = found;
  if (run === undefined) {
    throw new CairnError("notFound", `There is no run ${given}.`, {
      hint: "cairn runs list shows the runs.",
    });
  }
  return run.info.runId;
}

const MAX_FOLDERS = 1000;

/** Paths of all files that a run logged, sorted. */
async function listFiles(client: EngineClient, runId: string): Promise<string[]> {
  const files: string[] = [];
  const folders = [""];
  for (let i = 0; i < folders.length && i < MAX_FOLDERS; i++) {
    const path = folders[i] ?? "";
    const listed = await client.request("artifacts", { runId, ...(path === "" ? {} : { path }) });
    for (const file of listed.files) (file.isDir ? folders : files).push(file.path);
  }
  return files.sort();
}

/** Everything about one run. */
export async function fullDocument(client: EngineClient, runId: string): Promise<RunDocument> {
  const [{ run }, names, artifacts, code] = [
    await client.request("run", { runId }),
    await experimentNames(client),
    await listFiles(client, runId),
    await readCodeState(client, runId),
  ];
  const { deleted, ...document } = runDocument(run, names);
  return { ...document, code, artifacts, deleted };
}
