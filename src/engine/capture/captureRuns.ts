import path from "node:path";
import { artifactPathOf } from "../../core/artifacts/index.js";
import { describeMachine } from "../../core/capture/index.js";
import { saveJson } from "../../core/files/index.js";
import type { Logger } from "../../core/logger.js";
import type { ProjectPaths } from "../../core/project/index.js";
import type { Launcher, StartedRun } from "../../core/runs/index.js";
import type { TrackingStore } from "../../core/tracking/index.js";
import { CAPTURED, type CodeState, type EnvironmentState } from "../../shared/capture.js";
import { CairnError, wrapError } from "../../shared/errors.js";
import type { JobParams } from "../../shared/jobs.js";
import type { JobKind } from "../../shared/protocol.js";
import type { JobPool } from "../workers/pool.js";

export interface CaptureDeps {
  paths: ProjectPaths;
  store: TrackingStore;
  launcher: Launcher;
  jobs: JobPool;
  logger: Logger;
}

/** The variables by which a Python is found; none of the others leaves the engine. */
const USED = ["PATH", "Path", "PATHEXT", "VIRTUAL_ENV", "CONDA_PREFIX", "PYENV_VERSION", "PYTHONPATH"];

/**
 * Records code and environment of each run that is launched, once its command runs: in workers, so that neither the
 * start nor the engine waits. What fails is told in the artifact and in the log; the run goes on. Returns how to stop.
 */
export function captureRuns(deps: CaptureDeps): () => void {
  return deps.launcher.onStarted((run) => {
    captureRun(deps, run).catch((error: unknown) => {
      deps.logger.warn(wrapError("record", `the surroundings of run ${run.runId}`, error).message);
    });
  });
}

async function captureRun(deps: CaptureDeps, run: StartedRun): Promise<void> {
  const { runId, cwd, redact, secrets } = run;
  const { root } = deps.paths;
  const { artifactUri } = (await deps.store.getRun(runId)).info;
  const below = artifactPathOf(artifactUri);
  if (below === undefined) {
    throw new CairnError("unavailable", `Its artifacts lie elsewhere: ${artifactUri}.`);
  }
  const artifacts = path.join(deps.paths.artifacts, below);
  const isInside = !path.relative(root, cwd).startsWith("..");
  const environment = Object.fromEntries(
    Object.entries(run.environment).filter(([name]) => USED.includes(name)),
  );
  await Promise.all([
    work(
      deps,
      "captureCode",
      "Record the state of the code",
      { runId, folder: isInside ? root : cwd, artifacts, redact: [...redact], secrets: [...secrets] },
      (reason) => saveJson(path.join(artifacts, CAPTURED.code), failedCode(reason)),
    ),
    work(
      deps,
      "captureEnvironment",
      "Record the environment",
      { runId, artifacts, root, cwd, argv: [...run.argv], shell: run.shell, environment },
      (reason) => saveJson(path.join(artifacts, CAPTURED.environment), failedEnvironment(reason)),
    ),
  ]);
}

/** Does one job; what it cannot say itself, because it failed as a whole, `fail` writes down. */
async function work<K extends JobKind>(
  { jobs, logger }: CaptureDeps,
  kind: K,
  title: string,
  params: JobParams<K> & Record<string, unknown>,
  fail: (reason: string) => Promise<void>,
): Promise<void> {
  const { job } = await jobs.wait(jobs.start(kind, title, params));
  if (job.state === "done") return;
  const reason = job.error?.message ?? "The engine ended before it was recorded.";
  logger.warn(`"${title}" of a run did not succeed: ${reason}`);
  await fail(reason);
}

function failedCode(reason: string): CodeState {
  return {
    ...{ state: "failed", backend: null, root: null, commit: null, branch: null, remote: null, dirty: false },
    ...{ changed: [], patch: null, leftOut: [], notes: [reason], took: 0 },
  };
}

function failedEnvironment(reason: string): EnvironmentState {
  const notes = [`The environment is not recorded: ${reason}`];
  return { python: null, cuda: null, gpus: [], machine: describeMachine(), leftOut: [], notes, took: 0 };
}
