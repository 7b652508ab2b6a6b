/** What Cairn tells of a run unasked. */
export const ALERT_KINDS = [
  "finished",
  "failed",
  "nan",
  "diverging",
  "plateau",
  "worse",
  "gpuIdle",
  "silent",
] as const;
export type AlertKind = (typeof ALERT_KINDS)[number];

export interface Alert {
  id: number;
  runId: string;
  runName: string;
  experimentId: string;
  kind: AlertKind;
  /** The rule of cairn.yaml, or the name of the default one. */
  rule: string;
  /** The metric that it is about. */
  metric?: string;
  /** One sentence without the run's name. */
  message: string;
  /** Milliseconds since the epoch. */
  time: number;
  acknowledged: boolean;
  /** Too soon after one of the same rule: listed and counted, not shown unasked. */
  quiet: boolean;
}
