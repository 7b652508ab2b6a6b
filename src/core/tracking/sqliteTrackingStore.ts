import type {
  DatasetInput,
  Experiment,
  KeyValue,
  LoggedModel,
  LoggedModelStatus,
  Metric,
  ModelInput,
  ModelOutput,
  Page,
  Run,
  RunInfo,
} from "../../shared/tracking.js";
import type { MetricNames, MetricSeries, SeriesQuery } from "../../shared/protocol.js";
import { describeDatabase, type DatabaseDescription } from "../store/index.js";
import * as batch from "./batch.js";
import { type Core, createCore, resetCore } from "./core.js";
import { getMetricSeries } from "./drawing.js";
import * as experiments from "./experiments.js";
import { getMetricHistory } from "./history.js";
import * as inputs from "./inputs.js";
import { listColumns } from "./listColumns.js";
import { listRunRows } from "./listRunRows.js";
import { getMetricNames } from "./metricNames.js";
import * as purge from "./purge.js";
import * as runs from "./runs.js";
import { searchExperiments } from "./search/searchExperiments.js";
import { searchModels } from "./search/searchModels.js";
import { searchRuns, searchRunTexts } from "./search/searchRuns.js";
import type { Session } from "./session.js";
import type {
  Batch,
  NewLoggedModel,
  NewRun,
  RunRows,
  RunSearch,
  RunUpdate,
  SearchQuery,
  StoreChange,
  TrackingStore,
} from "./types.js";
import { parseExperimentId } from "./validate.js";

/** Numbers for the health page. */
export interface Counts {
  experiments: number;
  runs: number;
  activeRuns: number;
  metricPoints: number;
}

/** The store on an SQLite database. Every method does its work at once and resolves. */
export class SqliteTrackingStore implements TrackingStore {
  readonly #core: Core;
  #dataVersion: unknown;

  constructor(
    /** For the repositories of other capabilities that keep their tables in the same database. */
    readonly session: Session,
    private readonly artifactRoot: string,
  ) {
    this.#core = createCore(session);
    if (!session.readonly) experiments.createDefaultExperiment(this.#core, artifactRoot);
  }

  createExperiment(input: experiments.NewExperiment): Promise<Experiment> {
    return this.#now((core) => experiments.createExperiment(core, this.artifactRoot, input));
  }

  getExperiment(experimentId: string): Promise<Experiment> {
    return this.#now((core) =>
      experiments.toExperiment(core, experiments.findExperiment(core, parseExperimentId(experimentId))),
    );
  }

  getExperimentByName(name: string): Promise<Experiment | undefined> {
    return this.#now((core) => experiments.getExperimentByName(core, name));
  }

  searchExperiments(query: SearchQuery): Promise<Page<Experiment>> {
    return this.#now((core) => searchExperiments(core, query));
  }

  renameExperiment(experimentId: string, name: string): Promise<void> {
    return this.#now((core) => experiments.renameExperiment(core, experimentId, name));
  }

  deleteExperiment(experimentId: string): Promise<void> {
    return this.#now((core) => experiments.setExperimentDeleted(core, experimentId, true));
  }

  restoreExperiment(experimentId: string): Promise<void> {
    return this.#now((core) => experiments.setExperimentDeleted(core, experimentId, false));
  }

  setExperimentTag(experimentId: string, tag: KeyValue): Promise<void> {
    return this.#now((core) => experiments.setExperimentTag(core, experimentId, tag));
  }

  deleteExperimentTag(experimentId: string, key: string): Promise<void> {
    return this.#now((core) => experiments.deleteExperimentTag(core, experimentId, key));
  }

  createRun(input: NewRun): Promise<Run> {
    return this.#now((core) => runs.createRun(core, input));
  }

  getRun(runId: string): Promise<Run> {
    return this.#now((core) => runs.getRun(core, runId));
  }

  updateRun(runId: string, update: RunUpdate): Promise<RunInfo> {
    return this.#now((core) => runs.updateRun(core, runId, update));
  }

  deleteRun(runId: string): Promise<void> {
    return this.#now((core) => runs.setRunDeleted(core, runId, true));
  }

  restoreRun(runId: string): Promise<void> {
    return this.#now((core) => runs.setRunDeleted(core, runId, false));
  }

  searchRuns(search: RunSearch): Promise<Page<Run>> {
    return this.#now((core) => searchRuns(core, search));
  }

  searchRunTexts(search: RunSearch, write: (run: Run) => string): Promise<Page<Uint8Array>> {
    return this.#now((core) => searchRunTexts(core, search, write));
  }

  listRunRows(search: RunSearch): Promise<RunRows> {
    return this.#now((core) => listRunRows(core, search));
  }

  logBatch(runId: string, data: Batch): Promise<void> {
    return this.#now((core) => batch.logBatch(core, runId, data));
  }

  deleteTag(runId: string, key: string): Promise<void> {
    return this.#now((core) => batch.deleteTag(core, runId, key));
  }

  logInputs(
    runId: string,
    datasets: readonly DatasetInput[],
    models: readonly ModelInput[] = [],
  ): Promise<void> {
    return this.#now((core) => inputs.logInputs(core, runId, datasets, models));
  }

  logOutputs(runId: string, models: readonly ModelOutput[]): Promise<void> {
    return this.#now((core) => inputs.logOutputs(core, runId, models));
  }

  getMetricHistory(
    runId: string,
    key: string,
    page?: { maxResults?: number; pageToken?: string },
  ): Promise<Page<Metric>> {
    return this.#now((core) => getMetricHistory(core, runId, key, page));
  }

  getMetricSeries(query: SeriesQuery): Promise<MetricSeries[]> {
    return this.#now((core) => getMetricSeries(core, query));
  }

  getMetricNames(runIds: readonly string[]): Promise<MetricNames> {
    return this.#now((core) => getMetricNames(core, runIds));
  }

  listColumns(
    experimentIds: readonly string[],
  ): Promise<{ metrics: string[]; params: string[]; tags: string[] }> {
    return this.#now((core) => listColumns(core, experimentIds));
  }

  createLoggedModel(input: NewLoggedModel): Promise<LoggedModel> {
    return this.#now((core) =>
      core.models.create(experiments.activeExperiment(core, input.experimentId), input),
    );
  }

  getLoggedModel(modelId: string): Promise<LoggedModel> {
    return this.#now((core) => core.models.get(modelId));
  }

  finalizeLoggedModel(modelId: string, status: LoggedModelStatus): Promise<LoggedModel> {
    return this.#now((core) => core.models.finalize(modelId, status));
  }

  deleteLoggedModel(modelId: string): Promise<void> {
    return this.#now((core) => core.models.delete(modelId));
  }

  searchLoggedModels(search: SearchQuery & { experimentIds: string[] }): Promise<Page<LoggedModel>> {
    return this.#now((core) => searchModels(core, search));
  }

  setLoggedModelTags(modelId: string, tags: readonly KeyValue[]): Promise<void> {
    return this.#now((core) => core.models.setTags(modelId, tags));
  }

  deleteLoggedModelTag(modelId: string, key: string): Promise<void> {
    return this.#now((core) => core.models.deleteTag(modelId, key));
  }

  logLoggedModelParams(modelId: string, params: readonly KeyValue[]): Promise<void> {
    return this.#now((core) => core.models.logParams(modelId, params));
  }

  onChange(listener: (change: StoreChange) => void): () => void {
    return this.session.onChange(listener);
  }

  /** Counts what there is; deleted runs are counted, `activeRuns` are those that run. */
  counts(): Promise<Counts> {
    return this.#now(({ session, series }) => {
      const [experimentCount = 0, runCount = 0, activeRuns = 0] =
        session.row<[number, number, number]>(
          `SELECT (SELECT count(*) FROM experiment), count(*),
          count(*) FILTER (WHERE status = 'RUNNING' AND deleted_time IS NULL) FROM run`,
        ) ?? [];
      return { experiments: experimentCount, runs: runCount, activeRuns, metricPoints: series.pointCount };
    });
  }

  /** Runs that are not deleted, and those of them that run, by experiment. */
  countRuns(): Promise<Map<string, { runs: number; active: number }>> {
    return this.#now(({ session }) => {
      const rows = session.rows<[number, number, number]>(
        `SELECT experiment, count(*), count(*) FILTER (WHERE status = 'RUNNING') FROM run
        WHERE deleted_time IS NULL GROUP BY experiment`,
      );
      return new Map(
        rows.map(([experiment, runCount, active]) => [String(experiment), { runs: runCount, active }]),
      );
    });
  }

  /** Deletes for good what was deleted before `cutoff`; see purge.ts. */
  purgeDeleted(cutoff: number, keep: readonly string[]): Promise<purge.Purged> {
    return this.#now((core) => purge.purgeDeleted(core, cutoff, keep));
  }

  sweepRows(): Promise<number> {
    return this.#now((core) => purge.sweepRows(core));
  }

  garbageItems(): Promise<purge.GarbageItem[]> {
    return this.#now((core) => purge.garbageItems(core));
  }

  finishItem(item: purge.GarbageItem): Promise<void> {
    return this.#now((core) => {
      purge.finishItem(core, item);
    });
  }

  describe(): Promise<DatabaseDescription> {
    return this.#now(({ session }) => describeDatabase(session.database, session.file));
  }

  close(): Promise<void> {
    this.session.close();
    return Promise.resolve();
  }

  /** Forgets what another process has overtaken; whether there was any. */
  catchUp(): Promise<boolean> {
    return Promise.resolve(this.session.readonly && this.#catchUp());
  }

  /** Does `work`, after forgetting what another process has overtaken. What it throws rejects. */
  #now<T>(work: (core: Core) => T | Promise<T>): Promise<T> {
    return new Promise((resolve) => {
      if (this.session.readonly) this.#catchUp();
      resolve(work(this.#core));
    });
  }

  /** Only who writes knows what changes; a reader asks. The number changes when another connection has committed. */
  #catchUp(): boolean {
    const [version] = this.session.row<[number]>("PRAGMA data_version") ?? [];
    if (version === this.#dataVersion) return false;
    this.#dataVersion = version;
    resetCore(this.#core);
    return true;
  }
}
