import path from "node:path";
import type { StageGraph, StageInfo, StageSelection } from "../../shared/pipeline/api.js";
import { ContentLooker, type DataProject, findTracked } from "../data/index.js";
import { type Collected, collect, lockFileOf, stageName } from "./collect.js";
import type { LockedStage } from "./format/lock.js";
import { shown } from "./format/values.js";
import { activeUpstream, buildGraph, type Graph, select } from "./graph.js";
import { judge, type Judgement, showPath } from "./judge.js";
import { newestRuns } from "./runsOfStages.js";
import type { StageDefinition } from "./types.js";

/** The pipelines of a project, read. */
export interface Pipelines extends Collected {
  graph: Graph;
}

export async function readPipelines(project: DataProject): Promise<Pipelines> {
  const { root } = project.context.paths;
  const style = project.dvc?.parsing ?? { bool: "store_true", list: "nargs" };
  const collected = await collect(root, { ignoreRoot: project.dvc?.root ?? root, style });
  const tracked = collected.stages.length === 0 ? [] : findTracked(root).filter(({ locked }) => !locked);
  const places = tracked.map((each) => path.join(root, each.path));
  const graph = buildGraph(root, collected.stages, places);
  return { ...collected, graph, problems: [...collected.problems, ...graph.problems] };
}

/** What its lock says of a stage. */
export function lockedOf({ locks }: Collected, stage: StageDefinition): LockedStage | undefined {
  return locks.get(lockFileOf(stage.file))?.stages.get(stage.name);
}

/**
 * The graph of a project's stages and how each of them stands, in the order in which they run. Runs nothing and writes
 * nothing but what files hash to. Throws CairnError `notFound` for a target that is none.
 */
export async function stagesOf(project: DataProject, selection: StageSelection = {}): Promise<StageGraph> {
  const pipelines = await readPipelines(project);
  const { graph, problems } = pipelines;
  const names = select(graph, selection);
  const runs = newestRuns(project.database);
  const looker = new ContentLooker(project);
  const infos = new Map<string, StageInfo>();
  try {
    for (const name of names) {
      const stage = graph.stages.get(name);
      if (!stage) continue;
      const above = activeUpstream(graph, name).filter((each) => {
        const state = infos.get(each)?.state;
        return state !== undefined && state !== "unchanged";
      });
      const pending = above.flatMap((each) => outsOf(graph.stages.get(each)));
      const isPending = (absolute: string) => pending.some((out) => overlaps(out, absolute));
      const context = { project, looker, files: pipelines.files, isPending };
      const found = await judge(context, stage, lockedOf(pipelines, stage));
      infos.set(name, describe(project, pipelines, stage, found, above, runs.get(name)));
    }
  } finally {
    await looker.close();
  }
  return { stages: [...infos.values()], problems };
}

function describe(
  project: DataProject,
  { graph }: Pipelines,
  stage: StageDefinition,
  found: Judgement,
  above: readonly string[],
  run: StageInfo["run"] | undefined,
): StageInfo {
  const { root } = project.context.paths;
  const name = stageName(stage);
  const upstream = graph.upstream.get(name) ?? [];
  const waits = found.state === "unchanged" && above.length > 0;
  const place = (given: string) => showPath(root, path.resolve(stage.cwd, given));
  const makerOf = (dep: string) =>
    upstream.find((each) =>
      outsOf(graph.stages.get(each)).some((out) => overlaps(out, path.resolve(stage.cwd, dep))),
    );
  return {
    ...{ name, file: stage.file, cwd: showPath(root, stage.cwd), description: stage.description },
    commands: commandsOf(stage),
    deps: stage.deps.map((dep) => ({ path: place(dep), stage: makerOf(dep) ?? null })),
    params: [...found.params].flatMap(([file, values]) =>
      [...values].map(([key, value]) => ({ file: place(file), name: key, value: shown(value) })),
    ),
    outs: stage.outs.map(({ path: out, kind, cached, persisted }) => ({
      path: place(out),
      kind,
      cached,
      persisted,
    })),
    ...{ frozen: stage.frozen, upstream },
    state: waits ? "waiting" : found.state,
    reasons: waits ? [`${above.join(", ")} ${above.length === 1 ? "comes" : "come"} first`] : found.reasons,
    run: run ?? null,
  };
}

const outsOf = (stage: StageDefinition | undefined): string[] =>
  stage?.outs.map((out) => path.resolve(stage.cwd, out.path)) ?? [];

const overlaps = (a: string, b: string): boolean =>
  a === b || a.startsWith(b + path.sep) || b.startsWith(a + path.sep);

/** The command lines of a stage, each for a shell of its own, as DVC runs them. */
export function commandsOf({ command }: Pick<StageDefinition, "command">): string[] {
  if (Array.isArray(command)) return command;
  return command.split(/\r\n|[\n\r\v\f\u0085\u2028\u2029]/).filter((line) => line.trim() !== "");
}
