import type { Metric } from "../../../shared/tracking.js";
import type { Detector } from "../types.js";

/** Tells of the first value that is not a number or infinite. */
export class NonFinite implements Detector {
  add({ key, value, step }: Metric): string | undefined {
    if (Number.isFinite(value)) return undefined;
    return `${key} became ${Number.isNaN(value) ? "NaN" : value > 0 ? "infinite" : "minus infinity"} at step ${step}.`;
  }
}
