import type { ViewType } from "../../shared/tracking.js";
import type { ProjectConnection } from "../engine/projectConnection.js";
import { missingParents } from "./arrangeRuns.js";
import { type TreeRun, treeRuns } from "./treeRun.js";

/**
 * The newest `limit` runs of experiments, with every running one and with the parents of nested ones, however old.
 * `more` says that there are further runs.
 */
export async function loadRuns(
  project: ProjectConnection,
  experimentIds: string[],
  view: ViewType,
  limit: number,
): Promise<{ runs: TreeRun[]; more: boolean }> {
  const newest = await project.request("runTable", { experimentIds, view, limit });
  const found = new Map(treeRuns(newest).map((run) => [run.row.runId, run]));
  const add = async (filter: string) => {
    const table = await project.request("runTable", { experimentIds, view, limit, filter });
    for (const run of treeRuns(table)) if (!found.has(run.row.runId)) found.set(run.row.runId, run);
  };
  if (newest.truncated && view === "ACTIVE_ONLY") await add("attributes.status = 'RUNNING'");
  const parents = newest.truncated ? missingParents([...found.values()]) : [];
  if (parents.length > 0) await add(`attributes.run_id IN (${parents.map((id) => `'${id}'`).join(", ")})`);
  return { runs: [...found.values()], more: newest.truncated };
}
