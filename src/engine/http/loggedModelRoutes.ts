import type { TrackingStore } from "../../core/tracking/types.js";
import type { LoggedModelStatus } from "../../shared/tracking.js";
import { invalid } from "./faults.js";
import {
  keyValues,
  missing,
  optionalBoolean,
  optionalEnum,
  optionalInteger,
  optionalList,
  optionalMessages,
  optionalString,
  optionalStrings,
  requiredString,
  nonEmptyString,
} from "./fields.js";
import type { Input } from "./input.js";
import { nothing, type Route } from "./route.js";
import { list, loggedModelJson } from "./wire.js";

const statuses: Readonly<Record<LoggedModelStatus, number>> = {
  LOGGED_MODEL_PENDING: 1,
  LOGGED_MODEL_READY: 2,
  LOGGED_MODEL_UPLOAD_FAILED: 3,
};

export function loggedModelRoutes(store: TrackingStore): Route[] {
  return [
    {
      method: "POST",
      path: "logged-models",
      handle: async (input) => {
        const model = await store.createLoggedModel({
          experimentId: requiredString(input, "experiment_id"),
          name: nonEmptyString(input, "name"),
          modelType: optionalString(input, "model_type"),
          sourceRunId: optionalString(input, "source_run_id"),
          params: keyValues(input, "params"),
          tags: keyValues(input, "tags"),
        });
        return { model: loggedModelJson(model) };
      },
    },
    {
      method: "POST",
      path: "logged-models/search",
      handle: async (input) => {
        if (input.experiment_ids === undefined || input.experiment_ids === null)
          throw missing("experiment_ids");
        if (optionalList(input, "datasets").length > 0) {
          throw invalid("Cairn cannot restrict a search for logged models to datasets.");
        }
        const page = await store.searchLoggedModels({
          experimentIds: optionalStrings(input, "experiment_ids"),
          filter: optionalString(input, "filter"),
          maxResults: optionalInteger(input, "max_results"),
          orderBy: optionalMessages(input, "order_by").map(orderClause),
          pageToken: nonEmptyString(input, "page_token"),
        });
        return { models: list(page.items.map(loggedModelJson)), next_page_token: page.nextPageToken };
      },
    },
    {
      method: "GET",
      path: "logged-models/:modelId",
      handle: async (_, { modelId = "" }) => ({
        model: loggedModelJson(await store.getLoggedModel(modelId)),
      }),
    },
    {
      method: "PATCH",
      path: "logged-models/:modelId",
      handle: async (input, { modelId = "" }) => {
        const status = optionalEnum(input, "status", statuses);
        if (status === undefined) throw missing("status");
        return { model: loggedModelJson(await store.finalizeLoggedModel(modelId, status)) };
      },
    },
    {
      method: "DELETE",
      path: "logged-models/:modelId",
      handle: async (_, { modelId = "" }) => {
        await store.deleteLoggedModel(modelId);
        return nothing;
      },
    },
    {
      method: "PATCH",
      path: "logged-models/:modelId/tags",
      handle: async (input, { modelId = "" }) => {
        await store.setLoggedModelTags(modelId, keyValues(input, "tags"));
        return nothing;
      },
    },
    {
      method: "DELETE",
      path: "logged-models/:modelId/tags/:key",
      handle: async (_, { modelId = "", key = "" }) => {
        await store.deleteLoggedModelTag(modelId, key);
        return nothing;
      },
    },
    {
      method: "POST",
      path: "logged-models/:modelId/params",
      handle: async (input, { modelId = "" }) => {
        await store.logLoggedModelParams(modelId, keyValues(input, "params"));
        return nothing;
      },
    },
  ];
}

function orderClause(input: Input): string {
  if (optionalString(input, "dataset_name") || optionalString(input, "dataset_digest")) {
    throw invalid("Cairn cannot order logged models by a metric of one dataset.");
  }
  const field = requiredString(input, "field_name");
  return `${field} ${(optionalBoolean(input, "ascending") ?? true) ? "ASC" : "DESC"}`;
}
