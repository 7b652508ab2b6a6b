import type { TrackingStore } from "../../core/tracking/types.js";
import type { ViewType } from "../../shared/tracking.js";
import { CairnError } from "../../shared/errors.js";
import {
  keyValues,
  optionalEnum,
  optionalInteger,
  optionalString,
  optionalStrings,
  requiredString,
  nonEmptyString,
} from "./fields.js";
import type { Input } from "./input.js";
import { nothing, type Route } from "./route.js";
import { experimentJson, list } from "./wire.js";

export const viewTypes: Readonly<Record<ViewType, number>> = { ACTIVE_ONLY: 1, DELETED_ONLY: 2, ALL: 3 };

export function experimentRoutes(store: TrackingStore): Route[] {
  const search = async (input: Input): Promise<object> => {
    const page = await store.searchExperiments({
      filter: optionalString(input, "filter"),
      orderBy: optionalStrings(input, "order_by"),
      maxResults: optionalInteger(input, "max_results"),
      pageToken: nonEmptyString(input, "page_token"),
      viewType: optionalEnum(input, "view_type", viewTypes) ?? "ACTIVE_ONLY",
    });
    return { experiments: list(page.items.map(experimentJson)), next_page_token: page.nextPageToken };
  };

  return [
    {
      method: "POST",
      path: "experiments/create",
      handle: async (input) => {
        const experiment = await store.createExperiment({
          name: requiredString(input, "name"),
          artifactLocation: nonEmptyString(input, "artifact_location"),
          tags: keyValues(input, "tags"),
        });
        return { experiment_id: experiment.experimentId };
      },
    },
    {
      method: "GET",
      path: "experiments/get",
      handle: async (input) => ({
        experiment: experimentJson(await store.getExperiment(requiredString(input, "experiment_id"))),
      }),
    },
    {
      method: "GET",
      path: "experiments/get-by-name",
      handle: async (input) => {
        const name = requiredString(input, "experiment_name");
        const experiment = await store.getExperimentByName(name);
        if (!experiment) throw new CairnError("notFound", `Could not find experiment with name '${name}'`);
        return { experiment: experimentJson(experiment) };
      },
    },
    { method: "POST", path: "experiments/search", handle: search },
    { method: "GET", path: "experiments/search", handle: search },
    {
      method: "POST",
      path: "experiments/delete",
      handle: async (input) => {
        await store.deleteExperiment(requiredString(input, "experiment_id"));
        return nothing;
      },
    },
    {
      method: "POST",
      path: "experiments/restore",
      handle: async (input) => {
        await store.restoreExperiment(requiredString(input, "experiment_id"));
        return nothing;
      },
    },
    {
      method: "POST",
      path: "experiments/update",
      handle: async (input) => {
        const experimentId = requiredString(input, "experiment_id");
        await store.renameExperiment(experimentId, requiredString(input, "new_name"));
        return nothing;
      },
    },
    {
      method: "POST",
      path: "experiments/set-experiment-tag",
      handle: async (input) => {
        const experimentId = requiredString(input, "experiment_id");
        const key = requiredString(input, "key");
        await store.setExperimentTag(experimentId, { key, value: optionalString(input, "value") ?? "" });
        return nothing;
      },
    },
    {
      method: "POST",
      path: "experiments/delete-experiment-tag",
      handle: async (input) => {
        const experimentId = requiredString(input, "experiment_id");
        await store.deleteExperimentTag(experimentId, requiredString(input, "key"));
        return nothing;
      },
    },
  ];
}
