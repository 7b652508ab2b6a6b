import { type ArtifactStore, artifactPathOf } from "../artifacts/index.js";
import { CairnError, type ErrorCode, toError, toErrorShape } from "../../shared/errors.js";
import { type KeyValue, TAG } from "../../shared/tracking.js";
import { type Batch, LIMITS, type LoggedMetric, type TrackingStore } from "../tracking/index.js";
import { contentOf } from "./spoolContent.js";
import type { RunRecord, SpoolContent, SpoolHeader, SpoolRecord } from "./records.js";

/** Where a spool's records go. */
export interface SpoolTarget {
  store: TrackingStore;
  artifacts: ArtifactStore;
  /** The spool's folder of copies, absolute. */
  folder: string;
  /** Below this folder large files are read where they lie; elsewhere only those of this host's writers. */
  root: string;
  isOwnHost: boolean;
}

const DEFAULT_EXPERIMENT = "0";
/** Says in a run what of its script's lines could not be stored. */
const NOT_RECORDED = "cairn.notRecorded";
const MAX_PROBLEMS = 20;

/** These do not pass by waiting. */
const forGood: ReadonlySet<ErrorCode> = new Set(["invalid", "notFound", "exists", "refused"]);

/**
 * Stores what a spool says. What the store refuses for good is told and left out, the rest is kept. Methods throw for
 * what may pass (a full disk), and may then be called with the same again.
 */
export class SpoolStorer {
  private readonly runId: string;
  private readonly problems = new Set<string>();
  /** Whether there are artifacts that could not be stored. */
  isMissingFiles = false;

  constructor(
    { run }: SpoolHeader,
    private readonly target: SpoolTarget,
  ) {
    this.runId = run;
  }

  async store(records: readonly SpoolRecord[]): Promise<void> {
    let metrics: LoggedMetric[] = [];
    const flush = async (): Promise<void> => {
      for (let i = 0; i < metrics.length; i += LIMITS.metricsPerBatch)
        await this.batch("metrics", metrics.slice(i, i + LIMITS.metricsPerBatch));
      metrics = [];
    };
    for (const record of records) {
      if (record.k === "m") {
        for (const [key, value] of record.m)
          metrics.push({ key, value, timestamp: record.t, step: record.s });
      } else {
        await flush();
        await this.forgiving(() => this.record(record));
      }
    }
    await flush();
  }

  /** Makes the run where its writer found nobody who could. */
  async begin(record: RunRecord): Promise<void> {
    await this.forgiving(() => this.makeRun(record));
  }

  /** Notes what could not be read or stored, to be said in the run. */
  problem(message: string): void {
    if (this.problems.size < MAX_PROBLEMS) this.problems.add(message);
  }

  /** Says in the run what is missing; returns it. */
  async tellProblems(): Promise<readonly string[]> {
    const value = [...this.problems].join("\n").slice(0, LIMITS.tagValue);
    if (value !== "")
      await this.forgiving(() =>
        this.target.store.logBatch(this.runId, { tags: [{ key: NOT_RECORDED, value }] }),
      );
    return [...this.problems];
  }

  /** The writer is gone and has not ended the run that it began: it failed, at `time` (ms since the epoch). */
  async abandon(time: number): Promise<void> {
    const { store } = this.target;
    const run = await found(store.getRun(this.runId));
    if (run?.info.status !== "RUNNING" || run.info.lifecycleStage === "deleted") return;
    const endTime = Math.max(run.info.startTime, Math.round(time));
    await store.logBatch(this.runId, { tags: [{ key: TAG.endReason, value: "process is gone" }] });
    await store.updateRun(this.runId, { status: "FAILED", endTime });
  }

  private async makeRun(record: RunRecord): Promise<void> {
    const { store } = this.target;
    const known = await found(store.getRun(this.runId));
    const runName = record.name === null || record.name === "" ? {} : { runName: record.name };
    if (record.resumed) {
      const status = record.owned ? { status: "RUNNING" as const } : {};
      if (known !== undefined) await store.updateRun(this.runId, { ...status, ...runName });
      return;
    }
    if (known !== undefined) return;
    const user = record.tags[TAG.user];
    await store.createRun({
      runId: this.runId,
      experimentId: await this.experimentFor(record),
      startTime: record.start,
      status: "RUNNING",
      ...runName,
      ...(user === undefined ? {} : { userId: user }),
    });
    // By themselves: one that breaks a rule must not cost the run.
    await this.record({ k: "tags", values: record.tags });
  }

  /** Nobody answers the writer any more, so that an experiment that cannot be had must not cost it its run. */
  private async experimentFor({ experiment, experiment_id }: RunRecord): Promise<string> {
    const { store } = this.target;
    try {
      const known =
        experiment === null
          ? await found(store.getExperiment(experiment_id))
          : ((await store.getExperimentByName(experiment)) ??
            (await store.createExperiment({ name: experiment })));
      if (known?.lifecycleStage === "active") return known.experimentId;
    } catch (error) {
      if (!forGood.has(toErrorShape(error).code)) throw error;
    }
    this.problem(
      `the experiment "${experiment ?? experiment_id}" is deleted or cannot be made; the run is in Default`,
    );
    return DEFAULT_EXPERIMENT;
  }

  private async record(record: Exclude<SpoolRecord, { k: "m" }>): Promise<void> {
    switch (record.k) {
      case "run":
        return this.makeRun(record);
      case "params":
      case "tags": {
        const pairs = toPairs(record.values);
        for (let i = 0; i < pairs.length; i += LIMITS.tagsPerBatch)
          await this.batch(record.k, pairs.slice(i, i + LIMITS.tagsPerBatch));
        return;
      }
      case "artifact":
        return this.copy(await this.artifactRoot(), record);
      case "model":
        return this.model(record);
      case "end":
        await this.target.store.updateRun(this.runId, { status: record.status, endTime: record.t });
        return;
      case "close":
        return;
    }
  }

  private async model(record: SpoolRecord & { k: "model" }): Promise<void> {
    const { store } = this.target;
    const root = await this.artifactRoot();
    for (const file of record.files)
      await this.copy(root, { ...file, path: `model/${record.name}/${file.path}` });
    const { info, outputs } = await store.getRun(this.runId);
    const linked = await Promise.all(
      outputs.modelOutputs.map(({ modelId }) => found(store.getLoggedModel(modelId))),
    );
    // The writer may have made it before it was killed.
    if (linked.some((model) => model?.name === record.name && model.status === "LOGGED_MODEL_READY")) return;
    const { experimentId } = info;
    const model = await store.createLoggedModel({ experimentId, name: record.name, sourceRunId: this.runId });
    const folder = artifactPathOf(model.artifactUri);
    for (const file of record.files) await this.copy(folder, file);
    await store.finalizeLoggedModel(model.modelId, "LOGGED_MODEL_READY");
    await store.logOutputs(this.runId, [{ modelId: model.modelId, step: 0 }]);
  }

  private async artifactRoot(): Promise<string | undefined> {
    return artifactPathOf((await this.target.store.getRun(this.runId)).info.artifactUri);
  }

  private async copy(root: string | undefined, content: SpoolContent): Promise<void> {
    try {
      if (root === undefined)
        throw new CairnError(
          "invalid",
          `the artifact ${content.path}: this run's artifacts are not kept here`,
        );
      const stream = await contentOf(content, this.target);
      // A path that is refused leaves the file unread.
      await this.target.artifacts.write(`${root}/${content.path}`, stream).finally(() => stream.destroy());
    } catch (error) {
      this.isMissingFiles ||= forGood.has(toErrorShape(error).code);
      throw error;
    }
  }

  private async batch(kind: keyof Batch, items: readonly (LoggedMetric | KeyValue)[]): Promise<void> {
    try {
      await this.target.store.logBatch(this.runId, { [kind]: items });
    } catch (error) {
      // One bad value makes the store refuse all of them: find it, keep the rest.
      const middle = items.length >> 1;
      if (toErrorShape(error).code !== "invalid" || middle === 0)
        return this.forgiving(() => Promise.reject(toError(error)));
      await this.batch(kind, items.slice(0, middle));
      await this.batch(kind, items.slice(middle));
    }
  }

  private async forgiving(task: () => Promise<void>): Promise<void> {
    try {
      await task();
    } catch (error) {
      const { code, message } = toErrorShape(error);
      if (!forGood.has(code)) throw error;
      this.problem(message);
    }
  }
}

async function found<T>(asked: Promise<T>): Promise<T | undefined> {
  try {
    return await asked;
  } catch (error) {
    if (toErrorShape(error).code !== "notFound") throw error;
    return undefined;
  }
}

const toPairs = (values: Readonly<Record<string, string>>): KeyValue[] =>
  Object.entries(values).map(([key, value]) => ({ key, value }));
