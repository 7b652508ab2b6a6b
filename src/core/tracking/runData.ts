import type { DatasetInput, KeyValue, Metric, Run } from "../../shared/tracking.js";
import type { Core } from "./core.js";
import { type RunRecord, toRunInfo } from "./runIndex.js";
import { fromStored, type StoredNumber } from "./storedNumber.js";
import type { RunSearch } from "./types.js";

const byKey = (a: { key: string }, b: { key: string }) => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0);

/** Fills runs with their data: one statement for each kind of it, however many runs there are. */
export function readRuns(core: Core, records: readonly RunRecord[], fields: RunSearch["fields"] = {}): Run[] {
  const { metrics = true, params = true, tags = true, inputs = true } = fields;
  const runs = new Map<number, Run>();
  for (const record of records) {
    runs.set(record.id, {
      info: toRunInfo(record),
      data: { metrics: [], params: [], tags: [] },
      inputs: { datasetInputs: [], modelInputs: [] },
      outputs: { modelOutputs: [] },
    });
  }
  const ids = JSON.stringify([...runs.keys()]);
  if (metrics) readMetrics(core, ids, runs);
  if (params) readTexts(core, ids, "param", (run) => runs.get(run)?.data.params);
  if (tags) readTexts(core, ids, "run_tag", (run) => runs.get(run)?.data.tags);
  if (inputs) readLinks(core, ids, runs);
  const list = [...runs.values()];
  for (const { data } of list) {
    data.metrics.sort(byKey);
    data.params.sort(byKey);
    data.tags.sort(byKey);
  }
  return list;
}

function readMetrics({ session, names }: Core, ids: string, runs: Map<number, Run>): void {
  let current = -1;
  let metrics: Metric[] | undefined;
  for (const [run, name, value, step, timestamp] of session.rows<
    [number, number, StoredNumber, number, number]
  >(
    `SELECT s.run, s.name, s.last_value, s.last_step, s.last_time
    FROM json_each(?) j CROSS JOIN series s ON s.run = j.value`,
    ids,
  )) {
    if (run !== current) metrics = runs.get((current = run))?.data.metrics;
    metrics?.push({ key: names.nameOf(name), value: fromStored(value), timestamp, step });
  }
}

function readTexts(
  { session, names }: Core,
  ids: string,
  table: "param" | "run_tag",
  listOf: (run: number) => KeyValue[] | undefined,
): void {
  let current = -1;
  let list: KeyValue[] | undefined;
  for (const [run, name, value] of session.rows<[number, number, string]>(
    `SELECT t.run, t.name, t.value FROM json_each(?) j CROSS JOIN ${table} t ON t.run = j.value`,
    ids,
  )) {
    if (run !== current) list = listOf((current = run));
    list?.push({ key: names.nameOf(name), value });
  }
}

type InputRow = [
  run: number,
  input: number,
  name: string,
  digest: string,
  sourceType: string,
  source: string,
  schema: string | null,
  profile: string | null,
];

function readLinks({ session }: Core, ids: string, runs: Map<number, Run>): void {
  const inputs = new Map<number, DatasetInput>();
  for (const [run, input, name, digest, sourceType, source, schema, profile] of session.rows<InputRow>(
    `SELECT i.run, i.id, d.name, d.digest, d.source_type, d.source, d.schema, d.profile
    FROM json_each(?) j CROSS JOIN run_dataset i ON i.run = j.value JOIN dataset d ON d.id = i.dataset
    ORDER BY i.id`,
    ids,
  )) {
    const link: DatasetInput = {
      tags: [],
      dataset: {
        name,
        digest,
        sourceType,
        source,
        ...(schema === null ? {} : { schema }),
        ...(profile === null ? {} : { profile }),
      },
    };
    inputs.set(input, link);
    runs.get(run)?.inputs.datasetInputs.push(link);
  }
  if (inputs.size > 0) {
    for (const [input, key, value] of session.rows<[number, string, string]>(
      "SELECT t.input, t.key, t.value FROM json_each(?) j CROSS JOIN dataset_tag t ON t.input = j.value",
      JSON.stringify([...inputs.keys()]),
    ))
      inputs.get(input)?.tags.push({ key, value });
  }
  for (const [run, modelId] of session.rows<[number, string]>(
    "SELECT m.run, m.model_id FROM json_each(?) j CROSS JOIN model_input m ON m.run = j.value",
    ids,
  ))
    runs.get(run)?.inputs.modelInputs.push({ modelId });
  for (const [run, modelId, step] of session.rows<[number, string, number]>(
    "SELECT m.run, m.model_id, m.step FROM json_each(?) j CROSS JOIN model_output m ON m.run = j.value",
    ids,
  ))
    runs.get(run)?.outputs.modelOutputs.push({ modelId, step });
}
