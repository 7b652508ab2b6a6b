import * as vscode from "vscode";
import { CairnError, fromErrorShape } from "../../shared/errors.js";
import { describeDuration } from "../../shared/duration.js";
import type { JobOutput, JobParams } from "../../shared/jobs.js";
import type { JobInfo, JobKind } from "../../shared/protocol.js";
import type { ProjectConnection } from "../engine/projectConnection.js";

/** Milliseconds that may pass with no more than a word in the status bar. */
const PATIENCE_MS = 700;

/** Has a job done and waits for it. Throws what the job threw, CairnError `cancelled` after a cancel. */
export async function dataJob<K extends JobKind>(
  project: ProjectConnection,
  kind: K,
  params: JobParams<K>,
  options: { onProgress?: (job: JobInfo) => void; token?: vscode.CancellationToken } = {},
): Promise<JobOutput<K>> {
  const { jobId } = await project.request("jobStart", { kind, params: { ...params } });
  const cancel = () => {
    project.request("jobCancel", { jobId }).catch(() => undefined);
  };
  if (options.token?.isCancellationRequested === true) cancel();
  const listening = options.token?.onCancellationRequested(cancel);
  try {
    const { onProgress } = options;
    const { job, output } = await project.request("jobWait", { jobId }, onProgress ? { onProgress } : {});
    if (job.state === "done") return output as JobOutput<K>;
    throw job.error ? fromErrorShape(job.error) : new CairnError("cancelled", "Cancelled.");
  } finally {
    listening?.dispose();
  }
}

/**
 * The same with its progress shown: in the status bar at first, then in a notification with bytes, the time left and a
 * button to cancel, which waits until the job has cleaned up after itself.
 */
export async function shownDataJob<K extends JobKind>(
  project: ProjectConnection,
  kind: K,
  params: JobParams<K>,
  title: string,
): Promise<JobOutput<K>> {
  const source = new vscode.CancellationTokenSource();
  let report: (job: JobInfo) => void = () => undefined;
  let last: JobInfo | undefined;
  const work = dataJob(project, kind, params, {
    token: source.token,
    onProgress: (job) => {
      last = job;
      report(job);
    },
  });
  const ended = work.then(
    () => true,
    () => true,
  );
  const late = new Promise<boolean>((resolve) => setTimeout(resolve, PATIENCE_MS, false));
  const { Window, Notification } = vscode.ProgressLocation;
  try {
    if (await vscode.window.withProgress({ location: Window, title }, () => Promise.race([ended, late])))
      return await work;
    return await vscode.window.withProgress(
      { location: Notification, title, cancellable: true },
      (progress, token) => {
        token.onCancellationRequested(() => {
          source.cancel();
        });
        report = reporter(progress);
        if (last) report(last);
        return work;
      },
    );
  } finally {
    source.dispose();
  }
}

/** Bytes, as the job says them, and how long it may still take once that can be told. */
function reporter(
  progress: vscode.Progress<{ message?: string; increment?: number }>,
): (job: JobInfo) => void {
  const begin = Date.now();
  let first: number | undefined;
  let shown = 0;
  return ({ state, progress: done, message }) => {
    if (state !== "running" || message === undefined) return;
    first ??= done ?? 0;
    const elapsed = Date.now() - begin;
    const share = (done ?? 0) - first;
    const left = share > 0.02 && elapsed > 1500 ? (elapsed * (1 - (done ?? 0))) / share : undefined;
    const increment = Math.max(0, 100 * (done ?? 0) - shown);
    shown += increment;
    progress.report({
      message:
        left === undefined ? message : `${message}, ${vscode.l10n.t("{0} left", describeDuration(left))}`,
      increment,
    });
  };
}
