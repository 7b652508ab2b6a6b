import type { AlertKind } from "../../shared/alerts.js";
import type { Metric } from "../../shared/tracking.js";

/** Whether a metric gets better as it falls or as it rises. */
export type Goal = "min" | "max";

/** One rule with everything that it leaves open filled in. */
export interface Rule {
  name: string;
  on: AlertKind;
  /** Names of metrics, `*` for any text. */
  metric: string;
  /** Guessed from the metric's name when absent. */
  goal?: Goal;
  /** Milliseconds; what of depends on `on`: length of the run, of the silence, of the GPU's idleness. */
  after: number;
  /** Points that a judgement needs. */
  points: number;
  /** A part of the metric's value: 0.01 is one per cent. */
  tolerance: number;
  /** Per cent of use below which a GPU idles. */
  below: number;
  /** Milliseconds in which further alerts of this rule, of other runs, are only listed. */
  cooldown: number;
  /** A URL, or the name of the environment variable that holds it. */
  webhook?: string;
  /** A command line for the shell. */
  hook?: string;
}

/** What a rule has to say of a run. */
export interface Finding {
  rule: Rule;
  /** Empty where it is about no metric. */
  metric: string;
  /** One sentence. */
  message: string;
}

/** Looks at the points of one series, in the order logged. Keeps a fixed amount of memory. */
export interface Detector {
  /** The sentence to tell, once; undefined while there is nothing to say. */
  add(point: Metric): string | undefined;
}
