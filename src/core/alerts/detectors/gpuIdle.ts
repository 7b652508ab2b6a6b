import { describeDuration } from "../../../shared/duration.js";
import type { Metric } from "../../../shared/tracking.js";
import type { Rule } from "../types.js";

const UTILIZATION = /^system\/gpu_\d+_utilization_percentage$/;

/** Whether a metric is the use of a GPU, as MLflow's system metrics name it. */
export function isGpuUse(key: string): boolean {
  return UTILIZATION.test(key);
}

/**
 * Tells when all GPUs of a run have been below `below` per cent for `after` milliseconds, by the times of the points;
 * a run that uses one of many GPUs is no idle run. Points that come late or twice change nothing.
 */
export class GpuIdle {
  private busy: number | undefined;

  constructor(private readonly rule: Pick<Rule, "after" | "below">) {}

  add({ value, timestamp }: Metric): string | undefined {
    if (this.busy === undefined || !(value < this.rule.below))
      this.busy = Math.max(this.busy ?? timestamp, timestamp);
    if (timestamp - this.busy < this.rule.after || value >= this.rule.below) return undefined;
    const idle = describeDuration(timestamp - this.busy);
    return `The GPU has been used less than ${this.rule.below} % for ${idle}.`;
  }
}
