import { LIMITS } from "../../core/tracking/index.js";
import type { KeyValue } from "../../shared/tracking.js";

/*
 * MLflow's server shortens long values of parameters and of runs' tags instead of refusing them (its setting
 * MLFLOW_TRUNCATE_LONG_VALUES, on by default), and scripts that log a whole configuration rely on it.
 */

export function truncateParams(params: readonly KeyValue[]): readonly KeyValue[] {
  return truncate(params, LIMITS.paramValue);
}

export function truncateTags(tags: readonly KeyValue[]): readonly KeyValue[] {
  return truncate(tags, LIMITS.tagValue);
}

/** @param limit in characters, of which some are two of JavaScript's */
function truncate(items: readonly KeyValue[], limit: number): readonly KeyValue[] {
  if (items.every(({ value }) => value.length <= limit)) return items;
  return items.map(({ key, value }) => ({
    key,
    value: value.length > limit ? Array.from(value).slice(0, limit).join("") : value,
  }));
}
