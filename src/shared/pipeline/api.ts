/** How a stage of a pipeline stands. */
export type StageState =
  /** Nothing that it depends on has changed, and its outputs are what it made. */
  | "unchanged"
  /** Only outputs are missing or changed, and what it made can be restored. */
  | "restorable"
  /** It has to run; `reasons` tell why. */
  | "changed"
  /** Nothing of its own has changed, but a stage above it is not `unchanged`. */
  | "waiting"
  /** It cannot be judged; `reasons` tell why. */
  | "broken";

/** A stage of `dvc.yaml` or cairn.yaml. Paths are relative to the project, with `/`. */
export interface StageInfo {
  /** As `dvc stage list` names it: `train`, `train@small`, `sub/dvc.yaml:train`; `cairn.yaml:train` for Cairn's own. */
  name: string;
  /** The file that defines it. */
  file: string;
  /** Where it runs. */
  cwd: string;
  description: string | null;
  commands: string[];
  deps: StageDep[];
  params: { file: string; name: string; value: string }[];
  outs: StageOut[];
  /** Its dependencies are not looked at. */
  frozen: boolean;
  /** Names of the stages that make what it reads. */
  upstream: string[];
  state: StageState;
  /** A sentence each, such as `data/a.csv has changed`. */
  reasons: string[];
  /** The newest run that this stage was recorded as. */
  run: { runId: string; status: string; startTime: number } | null;
}

export interface StageDep {
  path: string;
  /** The stage that makes it. */
  stage: string | null;
}

export interface StageOut {
  path: string;
  kind: "out" | "metric" | "plot";
  /** Its content is stored; else it is kept in Git or nowhere. */
  cached: boolean;
  /** Not removed before the stage runs. */
  persisted: boolean;
}

/** The pipelines of a project. */
export interface StageGraph {
  /** Each after those that it reads from. */
  stages: StageInfo[];
  /** What is wrong with the files that define them, as `file:line:column: sentence`. */
  problems: string[];
}

export interface StageSelection {
  /** Names of stages, of groups (`train` for all `train@…`), of files and folders with pipelines; all without one. */
  targets?: string[];
  /** Not those that they depend on. */
  single?: boolean;
  /** Also those that depend on them, instead of those that they depend on. */
  downstream?: boolean;
}

export interface ReproParams extends StageSelection {
  /** Run stages that have not changed. */
  force?: boolean;
  /** After a failure go on with stages that do not depend on what failed. */
  keepGoing?: boolean;
  /** Put outputs into DVC's cache too, from now on. */
  dvcCache?: boolean;
  /** Of the runs; Default without one. */
  experiment?: string;
  /** What the commands are started with; the engine's own without it. */
  env?: Record<string, string>;
}

export interface ReproducedStage {
  name: string;
  outcome: "unchanged" | "restored" | "ran" | "failed" | "skipped" | "frozen";
  /** Why it was run or restored, or what went wrong. */
  reasons: string[];
  runId: string | null;
}

export interface ReproResult {
  stages: ReproducedStage[];
  /** Relative paths of files beside the outputs that were written: lock files, `.gitignore`. */
  wrote: string[];
}

/** Told while a pipeline is reproduced. */
export interface ReproEvent {
  jobId: string;
  /** Counted from 1. */
  number: number;
  total: number;
  stage: string;
  event: "looking" | "running" | "ended";
  /** With `ended`. */
  outcome?: ReproducedStage["outcome"];
  reasons?: string[];
  /** Once it has one. */
  runId?: string;
}

/** What the engine and its workers tell each other of a stage. */
export interface StagePlan {
  /** In their order, with what each has to wait for. */
  stages: { name: string; upstream: string[] }[];
}

export interface StageLaunch {
  name: string;
  /** Each for a shell of its own. */
  commands: string[];
  /** Absolute. */
  cwd: string;
  params: Record<string, string>;
  /** Datasets and outputs of other stages that it reads, relative to `cwd`. */
  data: string[];
  /** What DVC sets for its commands. */
  env: Record<string, string>;
}

export interface StagePrepared {
  outcome: "unchanged" | "restored" | "frozen" | "run";
  reasons: string[];
  /** With `run`. */
  launch: StageLaunch | null;
  /** A lock of nothing but this stage, as it was before it ran and without its outputs: for `stageFinish`. */
  before: string;
}

export interface StageFinished {
  metrics: { key: string; value: number }[];
  warnings: string[];
  /** Relative paths. */
  wrote: string[];
}
