import { randomUUID } from "node:crypto";
import { CairnError } from "../../shared/errors.js";
import type { KeyValue, LoggedModel, LoggedModelMetric, LoggedModelStatus } from "../../shared/tracking.js";
import type { ExperimentRecord } from "./experiments.js";
import { randomName } from "./randomName.js";
import type { RunRecord } from "./runIndex.js";
import type { Session } from "./session.js";
import { fromStored, type StoredNumber, toStored } from "./storedNumber.js";
import type { LoggedMetric, NewLoggedModel } from "./types.js";
import { appendToUri } from "./uri.js";
import { checkModelName } from "./validate.js";

/** A logged model without its parameters, tags and metrics. */
export interface ModelRecord {
  id: number;
  experiment: number;
  deleted: boolean;
  model: Omit<LoggedModel, "params" | "tags" | "metrics">;
}

type Row = [
  id: number,
  modelId: string,
  experiment: number,
  name: string,
  artifactUri: string,
  creationTime: number,
  lastUpdateTime: number,
  status: LoggedModelStatus,
  statusMessage: string | null,
  modelType: string | null,
  sourceRunId: string | null,
  deleted: number,
];
const SELECT = `SELECT id, model_id, experiment, name, artifact_uri, creation_time, last_update_time, status,
  status_message, model_type, source_run_id, deleted FROM model`;

/** The logged models of MLflow 3. */
export class Models {
  constructor(private readonly session: Session) {}

  /** Also finds deleted ones. */
  #find(modelId: string): ModelRecord {
    const row = this.session.row<Row>(`${SELECT} WHERE model_id = ?`, modelId);
    if (!row) throw notFound(modelId);
    return toRecord(row);
  }

  get(modelId: string): LoggedModel {
    const record = this.#find(modelId);
    if (record.deleted) throw notFound(modelId);
    return this.fill(record);
  }

  /** Those of some experiments that are not deleted. */
  of(experiments: readonly number[]): ModelRecord[] {
    return this.session
      .rows<Row>(
        `${SELECT} WHERE deleted = 0 AND experiment IN (SELECT value FROM json_each(?)) ORDER BY id`,
        JSON.stringify(experiments),
      )
      .map(toRecord);
  }

  fill({ id, model }: ModelRecord): LoggedModel {
    return {
      ...model,
      params: this.#texts("model_param", id),
      tags: this.#texts("model_tag", id),
      metrics: this.metricsOf(id, model.modelId),
    };
  }

  #texts(table: "model_param" | "model_tag", id: number): KeyValue[] {
    return this.session
      .rows<[string, string]>(`SELECT key, value FROM ${table} WHERE model = ? ORDER BY key`, id)
      .map(([key, value]) => ({ key, value }));
  }

  metricsOf(id: number, modelId: string): LoggedModelMetric[] {
    return this.session
      .rows<[string, number, number, StoredNumber, string, string | null, string | null]>(
        `SELECT m.key, m.time, m.step, m.value, r.run_id, m.dataset_name, m.dataset_digest
        FROM model_metric m JOIN run r ON r.id = m.run WHERE m.model = ?`,
        id,
      )
      .map(([key, timestamp, step, value, runId, datasetName, datasetDigest]) => ({
        key,
        value: fromStored(value),
        timestamp,
        step,
        modelId,
        runId,
        ...(datasetName === null ? {} : { datasetName }),
        ...(datasetDigest === null ? {} : { datasetDigest }),
      }));
  }

  create(experiment: ExperimentRecord, input: NewLoggedModel): LoggedModel {
    if (input.name !== undefined) checkModelName(input.name);
    const modelId = `m-${randomUUID().replaceAll("-", "")}`;
    return this.session.write(() => {
      const now = Date.now();
      const { lastInsertRowid } = this.session
        .sql(
          `INSERT INTO model (model_id, experiment, name, artifact_uri, creation_time, last_update_time, status,
          model_type, source_run_id) VALUES (?, ?, ?, ?, ?, ?, 'LOGGED_MODEL_PENDING', ?, ?)`,
        )
        .run(
          modelId,
          experiment.id,
          input.name ?? randomName(),
          appendToUri(experiment.artifactLocation, "models", modelId, "artifacts"),
          now,
          now,
          input.modelType,
          input.sourceRunId,
        );
      const id = Number(lastInsertRowid);
      for (const param of input.params ?? []) this.#writeParam(id, param);
      for (const tag of input.tags ?? []) this.#writeTag(id, tag);
      this.#changed(experiment.id);
      return this.fill(this.#find(modelId));
    });
  }

  finalize(modelId: string, status: LoggedModelStatus): LoggedModel {
    const { id, experiment } = this.#find(modelId);
    this.session.write(() => {
      this.session
        .sql("UPDATE model SET status = ?, last_update_time = ? WHERE id = ?")
        .run(status, Date.now(), id);
      this.#changed(experiment);
    });
    return this.fill(this.#find(modelId));
  }

  delete(modelId: string): void {
    const { id, experiment } = this.#find(modelId);
    this.session.write(() => {
      this.session.sql("UPDATE model SET deleted = 1, last_update_time = ? WHERE id = ?").run(Date.now(), id);
      this.#changed(experiment);
    });
  }

  setTags(modelId: string, tags: readonly KeyValue[]): void {
    const { id, experiment } = this.#find(modelId);
    this.session.write(() => {
      for (const tag of tags) this.#writeTag(id, tag);
      this.#changed(experiment);
    });
  }

  deleteTag(modelId: string, key: string): void {
    const { id, experiment } = this.#find(modelId);
    this.session.write(() => {
      const { changes } = this.session.sql("DELETE FROM model_tag WHERE model = ? AND key = ?").run(id, key);
      if (changes === 0)
        throw new CairnError("notFound", `No tag with key '${key}' found for model with ID '${modelId}'.`);
      this.#changed(experiment);
    });
  }

  logParams(modelId: string, params: readonly KeyValue[]): void {
    const { id, experiment } = this.#find(modelId);
    this.session.write(() => {
      for (const param of params) this.#writeParam(id, param);
      this.#changed(experiment);
    });
  }

  /** Writes a metric of a run as one of the model too; within a transaction. */
  writeMetric(run: RunRecord, metric: LoggedMetric, modelId: string): void {
    const { id } = this.#find(modelId);
    this.session
      .sql("INSERT OR REPLACE INTO model_metric VALUES (?, ?, ?, ?, ?, ?, ?, ?)")
      .run(
        id,
        metric.key,
        metric.timestamp,
        metric.step,
        run.id,
        toStored(metric.value),
        metric.datasetName,
        metric.datasetDigest,
      );
  }

  #writeParam(id: number, { key, value }: KeyValue): void {
    const { changes } = this.session
      .sql("INSERT OR IGNORE INTO model_param VALUES (?, ?, ?)")
      .run(id, key, value);
    if (changes > 0) return;
    const [was] =
      this.session.row<[string]>("SELECT value FROM model_param WHERE model = ? AND key = ?", id, key) ?? [];
    if (was !== value) {
      throw new CairnError(
        "invalid",
        `Changing param values is not allowed. Param with key='${key}' was already logged with value='${was}'.`,
      );
    }
  }

  #writeTag(id: number, { key, value }: KeyValue): void {
    this.session.sql("INSERT OR REPLACE INTO model_tag VALUES (?, ?, ?)").run(id, key, value);
  }

  #changed(experiment: number): void {
    this.session.changed({ kind: "experiment", experimentId: String(experiment) });
  }
}

function notFound(modelId: string): CairnError {
  return new CairnError("notFound", `Logged model with ID '${modelId}' not found.`);
}

function toRecord(row: Row): ModelRecord {
  const [id, modelId, experiment, name, artifactUri, creationTime, lastUpdateTime, status] = row;
  const [, , , , , , , , statusMessage, modelType, sourceRunId, deleted] = row;
  return {
    id,
    experiment,
    deleted: deleted === 1,
    model: {
      modelId,
      experimentId: String(experiment),
      name,
      artifactUri,
      creationTime,
      lastUpdateTime,
      status,
      ...(statusMessage === null ? {} : { statusMessage }),
      ...(modelType === null ? {} : { modelType }),
      ...(sourceRunId === null ? {} : { sourceRunId }),
    },
  };
}
