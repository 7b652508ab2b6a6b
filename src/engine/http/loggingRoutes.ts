import type { TrackingStore } from "../../core/tracking/types.js";
import type { DatasetInput } from "../../shared/tracking.js";
import {
  keyValues,
  missing,
  optionalInteger,
  optionalMessage,
  optionalMessages,
  optionalString,
  requiredDouble,
  requiredInteger,
  requiredString,
  runIdOf,
} from "./fields.js";
import type { Input } from "./input.js";
import { linksOf, loggedMetrics } from "./loggedMetrics.js";
import { makeModelHistory } from "./modelHistory.js";
import { nothing, type Route } from "./route.js";
import { truncateParams, truncateTags } from "./truncate.js";

export function loggingRoutes(store: TrackingStore): Route[] {
  const recordModel = makeModelHistory(store);
  return [
    {
      method: "POST",
      path: "runs/log-metric",
      handle: async (input) => {
        const runId = runIdOf(input);
        const metric = {
          key: requiredString(input, "key"),
          value: requiredDouble(input, "value"),
          timestamp: requiredInteger(input, "timestamp"),
          step: optionalInteger(input, "step") ?? 0,
          ...linksOf(input),
        };
        await store.logBatch(runId, { metrics: [metric] });
        return nothing;
      },
    },
    {
      method: "POST",
      path: "runs/log-parameter",
      handle: async (input) => {
        const runId = runIdOf(input);
        const param = { key: requiredString(input, "key"), value: optionalString(input, "value") ?? "" };
        await store.logBatch(runId, { params: truncateParams([param]) });
        return nothing;
      },
    },
    {
      method: "POST",
      path: "runs/log-batch",
      handle: async (input) => {
        await store.logBatch(runIdOf(input), {
          metrics: loggedMetrics(input),
          params: truncateParams(keyValues(input, "params")),
          tags: truncateTags(keyValues(input, "tags")),
        });
        return nothing;
      },
    },
    {
      method: "POST",
      path: "runs/log-inputs",
      handle: async (input) => {
        const runId = runIdOf(input);
        const models = optionalMessages(input, "models").map((model) => ({
          modelId: requiredString(model, "model_id"),
        }));
        await store.logInputs(runId, optionalMessages(input, "datasets").map(datasetInput), models);
        return nothing;
      },
    },
    {
      method: "POST",
      path: "runs/outputs",
      handle: async (input) => {
        const runId = runIdOf(input);
        if (input.models === undefined || input.models === null) throw missing("models");
        const models = optionalMessages(input, "models").map((model) => ({
          modelId: requiredString(model, "model_id"),
          step: optionalInteger(model, "step") ?? 0,
        }));
        await store.logOutputs(runId, models);
        return nothing;
      },
    },
    {
      method: "POST",
      path: "runs/log-model",
      handle: async (input) => {
        await recordModel(runIdOf(input), requiredString(input, "model_json"));
        return nothing;
      },
    },
  ];
}

function datasetInput(input: Input): DatasetInput {
  const dataset = optionalMessage(input, "dataset");
  if (!dataset) throw missing("dataset");
  const schema = optionalString(dataset, "schema");
  const profile = optionalString(dataset, "profile");
  return {
    tags: keyValues(input, "tags"),
    dataset: {
      name: requiredString(dataset, "name"),
      digest: requiredString(dataset, "digest"),
      sourceType: requiredString(dataset, "source_type"),
      source: requiredString(dataset, "source"),
      ...(schema === undefined ? {} : { schema }),
      ...(profile === undefined ? {} : { profile }),
    },
  };
}
