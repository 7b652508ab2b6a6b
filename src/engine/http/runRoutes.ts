import type { TrackingStore } from "../../core/tracking/types.js";
import type { RunStatus } from "../../shared/tracking.js";
import { viewTypes } from "./experimentRoutes.js";
import {
  keyValues,
  optionalEnum,
  optionalInteger,
  optionalString,
  optionalStrings,
  requiredString,
  runIdOf,
  wrongType,
  nonEmptyString,
} from "./fields.js";
import { nothing, type Route } from "./route.js";
import { truncateTags } from "./truncate.js";
import { runInfoJson, runJson, runPageText, runText } from "./wire.js";

const statuses: Readonly<Record<RunStatus, number>> = {
  RUNNING: 1,
  SCHEDULED: 2,
  FINISHED: 3,
  FAILED: 4,
  KILLED: 5,
};

const MAX_RUNS = 50_000;

export function runRoutes(store: TrackingStore): Route[] {
  return [
    {
      method: "GET",
      path: "runs/get",
      handle: async (input) => ({ run: runJson(await store.getRun(runIdOf(input))) }),
    },
    {
      method: "POST",
      path: "runs/create",
      handle: async (input) => {
        const run = await store.createRun({
          experimentId: optionalString(input, "experiment_id") ?? "",
          userId: optionalString(input, "user_id"),
          runName: nonEmptyString(input, "run_name"),
          startTime: optionalInteger(input, "start_time"),
          tags: [...truncateTags(keyValues(input, "tags"))],
        });
        return { run: runJson(run) };
      },
    },
    {
      method: "POST",
      path: "runs/update",
      handle: async (input) => {
        const info = await store.updateRun(runIdOf(input), {
          status: optionalEnum(input, "status", statuses),
          endTime: optionalInteger(input, "end_time"),
          runName: optionalString(input, "run_name"),
        });
        return { run_info: runInfoJson(info) };
      },
    },
    {
      method: "POST",
      path: "runs/search",
      handle: async (input) => {
        const maxResults = optionalInteger(input, "max_results");
        if (maxResults !== undefined && maxResults > MAX_RUNS) throw wrongType("max_results", maxResults);
        const search = {
          experimentIds: optionalStrings(input, "experiment_ids"),
          filter: optionalString(input, "filter"),
          viewType: optionalEnum(input, "run_view_type", viewTypes) ?? "ACTIVE_ONLY",
          maxResults,
          orderBy: optionalStrings(input, "order_by"),
          pageToken: nonEmptyString(input, "page_token"),
        };
        return runPageText(await store.searchRunTexts(search, runText));
      },
    },
    {
      method: "POST",
      path: "runs/delete",
      handle: async (input) => {
        await store.deleteRun(runIdOf(input));
        return nothing;
      },
    },
    {
      method: "POST",
      path: "runs/restore",
      handle: async (input) => {
        await store.restoreRun(runIdOf(input));
        return nothing;
      },
    },
    {
      method: "POST",
      path: "runs/set-tag",
      handle: async (input) => {
        const runId = runIdOf(input);
        const tag = { key: requiredString(input, "key"), value: optionalString(input, "value") ?? "" };
        await store.logBatch(runId, { tags: truncateTags([tag]) });
        return nothing;
      },
    },
    {
      method: "POST",
      path: "runs/delete-tag",
      handle: async (input) => {
        await store.deleteTag(runIdOf(input), requiredString(input, "key"));
        return nothing;
      },
    },
  ];
}
