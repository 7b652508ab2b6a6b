import path from "node:path";
import { CairnError } from "../../shared/errors.js";
import type { StageSelection } from "../../shared/pipeline/api.js";
import { stageName } from "./collect.js";
import type { StageDefinition } from "./types.js";

/** The stages of a project and what each reads from others. */
export interface Graph {
  /** By name, each after those that it reads from. */
  stages: Map<string, StageDefinition>;
  upstream: Map<string, string[]>;
  problems: string[];
}

const isWithin = (folder: string, file: string): boolean => file.startsWith(folder + path.sep);

/** @param tracked absolute paths of datasets with pointers, which no stage may make */
export function buildGraph(
  root: string,
  definitions: readonly StageDefinition[],
  tracked: readonly string[],
): Graph {
  const stages = new Map(definitions.map((stage) => [stageName(stage), stage]));
  const problems: string[] = [];
  const show = (file: string) => path.relative(root, file).split(path.sep).join("/");
  const makers = new Map<string, string>();
  for (const [name, stage] of stages)
    for (const out of stage.outs) {
      const absolute = path.resolve(stage.cwd, out.path);
      const other = makers.get(absolute);
      if (other === undefined) makers.set(absolute, name);
      else problems.push(`${stage.file}:1:1: ${show(absolute)} is an output of ${other} and of ${name}.`);
    }
  const places = [...makers.keys(), ...tracked].sort();
  const about = (place: string) =>
    makers.has(place) ? `an output of ${makers.get(place) ?? ""}` : "a dataset with a pointer";
  for (const [i, place] of places.entries()) {
    for (const inner of places.slice(i + 1)) {
      if (!inner.startsWith(place)) break;
      const file = stages.get(makers.get(inner) ?? makers.get(place) ?? "")?.file ?? "dvc.yaml";
      if (!makers.has(place) && !makers.has(inner)) continue;
      if (inner === place) problems.push(`${file}:1:1: ${show(place)} is ${about(place)} and has a pointer.`);
      else if (isWithin(place, inner))
        problems.push(
          `${file}:1:1: ${show(inner)}, ${about(inner)}, lies in ${show(place)}, ${about(place)}.`,
        );
    }
  }
  for (const file of new Set(definitions.map((stage) => stage.file))) {
    const place = [...makers.keys()].find((out) => isWithin(out, path.join(root, file)));
    if (place !== undefined) problems.push(`${file}:1:1: it lies in ${show(place)}, ${about(place)}.`);
  }
  const upstream = new Map<string, string[]>();
  for (const [name, stage] of stages) {
    const found = new Set<string>();
    for (const dep of stage.deps)
      for (const maker of makersOf(makers, path.resolve(stage.cwd, dep))) found.add(maker);
    upstream.set(name, [...found]);
  }
  const { order, cycle } = arrange(stages, upstream);
  if (cycle)
    problems.push(
      `${stages.get(cycle[0] ?? "")?.file ?? ""}:1:1: the stages depend on each other: ${cycle.join(" → ")}.`,
    );
  const arranged = new Map(
    order.flatMap((name) => ((stage) => (stage ? [[name, stage] as const] : []))(stages.get(name))),
  );
  return { stages: arranged, upstream, problems };
}

/** Who makes a path, something in it, or what it lies in. */
function makersOf(makers: ReadonlyMap<string, string>, place: string): string[] {
  const found = new Set<string>();
  for (let at = place; ; at = path.dirname(at)) {
    const maker = makers.get(at);
    if (maker !== undefined) found.add(maker);
    if (at === path.dirname(at)) break;
  }
  for (const [out, maker] of makers) if (isWithin(place, out)) found.add(maker);
  return [...found];
}

/** Depth first, as the files have them; without recursion, because a chain may be long. */
function arrange(
  stages: ReadonlyMap<string, StageDefinition>,
  upstream: ReadonlyMap<string, string[]>,
): { order: string[]; cycle?: string[] } {
  const order: string[] = [];
  const state = new Map<string, "open" | "done">();
  let cycle: string[] | undefined;
  for (const start of stages.keys()) {
    const path: { name: string; next: number }[] = [];
    if (!state.has(start)) path.push({ name: start, next: 0 });
    state.set(start, state.get(start) ?? "open");
    for (let top = path.at(-1); top; top = path.at(-1)) {
      const above = upstream.get(top.name) ?? [];
      const name = above[top.next++];
      if (name === undefined) {
        state.set(top.name, "done");
        order.push(top.name);
        path.pop();
      } else if (!state.has(name)) {
        state.set(name, "open");
        path.push({ name, next: 0 });
      } else if (state.get(name) === "open") {
        const names = path.map((each) => each.name);
        cycle ??= [...names.slice(names.indexOf(name)), name].reverse();
      }
    }
  }
  return cycle ? { order, cycle } : { order };
}

/** A frozen stage is not connected to what it depends on. */
export function activeUpstream({ stages, upstream }: Graph, name: string): string[] {
  return stages.get(name)?.frozen === true ? [] : (upstream.get(name) ?? []);
}

/** The names of the stages to be looked at, in their order. Throws CairnError `notFound`. */
export function select(graph: Graph, { targets = [], single, downstream }: StageSelection): string[] {
  const names = [...graph.stages.keys()];
  if (targets.length === 0) return names;
  const chosen = new Set(targets.flatMap((target) => named(graph, target)));
  if (single === true) return names.filter((name) => chosen.has(name));
  const all = new Set(chosen);
  if (downstream === true) {
    // In order, so that what comes later hears of all that it depends on.
    for (const name of names) if (activeUpstream(graph, name).some((above) => all.has(above))) all.add(name);
  } else
    for (const name of names.toReversed())
      if (all.has(name)) for (const above of activeUpstream(graph, name)) all.add(above);
  return names.filter((name) => all.has(name));
}

function named(graph: Graph, target: string): string[] {
  const given = target.replace(/^\.\//, "").replace(/\/$/, "");
  const all = [...graph.stages];
  const fits = (test: (stage: StageDefinition, name: string) => boolean) =>
    all.filter(([name, stage]) => test(stage, name)).map(([name]) => name);
  const tries = [
    () => fits((_, name) => name === given),
    () => fits((stage) => stage.group !== null && stageName({ ...stage, name: stage.group }) === given),
    () =>
      fits(
        (stage) => `${stage.file}:${stage.name}` === given || `${stage.file}:${stage.group ?? ""}` === given,
      ),
    () => fits((stage) => stage.file === given),
    () => fits((stage) => given === "." || stage.file.startsWith(`${given}/`)),
    () => fits((stage) => stage.file === "cairn.yaml" && stage.name === given),
  ];
  for (const look of tries) {
    const found = look();
    if (found.length > 0) return found;
  }
  const names = all.map(([name]) => name);
  throw new CairnError("notFound", `There is no stage ${target}.`, {
    hint:
      names.length === 0
        ? "Define stages in dvc.yaml or cairn.yaml."
        : `Stages: ${names.slice(0, 50).join(", ")}.`,
  });
}
