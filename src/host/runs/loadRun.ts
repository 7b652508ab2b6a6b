import type { ModelLink, RunLink, RunPanelData } from "../../shared/run/api.js";
import { type Run, TAG } from "../../shared/tracking.js";
import type { ProjectConnection } from "../engine/projectConnection.js";
import type { RunColors } from "../runColors.js";

/** Child runs that are listed at most, the newest first. */
const CHILDREN = 100;

/** Everything that the panel of one run shows at first. */
export async function loadRun(
  project: ProjectConnection,
  runId: string,
  colors: RunColors,
): Promise<RunPanelData> {
  const [{ run, row, artifacts }, { experiments }] = await Promise.all([
    project.request("run", { runId }),
    project.request("experiments", { view: "ALL" }),
  ]);
  const experiment = experiments.find((each) => each.experimentId === row.experimentId);
  const [parent, children, models] = await Promise.all([
    parentOf(project, run),
    childrenOf(project, run),
    modelsOf(project, run),
  ]);
  const color = colors.of([runId])[runId] ?? "";
  const experimentName = experiment?.name ?? row.experimentId;
  return { run, row, artifacts, experimentName, color, parent, children, models };
}

async function parentOf(project: ProjectConnection, run: Run): Promise<RunLink | undefined> {
  const runId = run.data.tags.find(({ key }) => key === TAG.parentRunId)?.value;
  if (runId === undefined) return undefined;
  try {
    return linkOf((await project.request("run", { runId })).run);
  } catch {
    // A parent that is gone is no reason not to show the child.
    return undefined;
  }
}

async function childrenOf(project: ProjectConnection, run: Run): Promise<RunLink[]> {
  const { items } = await project.request("runSearch", {
    experimentIds: [run.info.experimentId],
    filter: `tags.\`${TAG.parentRunId}\` = '${run.info.runId}'`,
    orderBy: ["attributes.start_time DESC"],
    maxResults: CHILDREN,
  });
  return items.map(linkOf);
}

async function modelsOf(project: ProjectConnection, run: Run): Promise<ModelLink[]> {
  const links: Omit<ModelLink, "name">[] = [...run.outputs.modelOutputs, ...run.inputs.modelInputs];
  if (links.length === 0) return [];
  const { models } = await project.request("modelFolders", { modelIds: links.map(({ modelId }) => modelId) });
  const names = new Map(models.map(({ modelId, name }) => [modelId, name]));
  return links.map((link) => ({ ...link, name: names.get(link.modelId) ?? "" }));
}

function linkOf({ info }: Run): RunLink {
  return { runId: info.runId, name: info.runName, status: info.status };
}
