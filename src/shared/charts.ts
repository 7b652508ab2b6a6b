import type { MetricNames } from "./protocol.js";

/** What stands on the horizontal axis: the step, the time of day, or the time since the run began. */
export type XAxis = "step" | "wall" | "relative";

export type ChartSize = "small" | "medium" | "large";

/** What can be set for all charts of a panel, and otherwise for one of them. */
export interface ChartOptions {
  x: XAxis;
  /** Not with `wall`. */
  logX: boolean;
  logY: boolean;
  /** Weight of what came before in the moving average, 0 (none) to 0.999. */
  smoothing: number;
  /** The vertical axis leaves out the highest and the lowest 5 % of the values. */
  ignoreOutliers: boolean;
}

/** How a panel's charts look and which there are; remembered. */
export interface ChartSettings extends ChartOptions {
  size: ChartSize;
  /** Zooming one chart zooms all with the same horizontal axis. */
  syncZoom: boolean;
  /** Which runs are drawn when more are selected than can be told apart: the newest, or the table's first. */
  pick: "newest" | "first";
  /** Where the table is grouped, each group is drawn as its mean between lowest and highest. */
  bands: boolean;
  /** Metrics at the top, in this order. */
  pinned: string[];
  hidden: string[];
  /** Sections that are not as they are at first: `system` closed, the others open. */
  toggled: string[];
  /** By metric. */
  own: Record<string, Partial<ChartOptions>>;
}

export const DEFAULT_CHARTS: ChartSettings = {
  x: "step",
  logX: false,
  logY: false,
  smoothing: 0,
  ignoreOutliers: false,
  size: "medium",
  syncZoom: true,
  pick: "newest",
  bands: true,
  pinned: [],
  hidden: [],
  toggled: [],
  own: {},
};

/** A picture or a table of a chart, for the host to save where the user says. */
export interface ChartFile {
  /** Proposed file name, with its ending. */
  name: string;
  bytes: Uint8Array;
}

/** What a panel asks its host for its charts: a type, so that it can be part of a panel's requests. */
// eslint-disable-next-line @typescript-eslint/consistent-type-definitions -- an interface lacks the index that PanelApi asks for
export type ChartRequests = {
  /** Also subscribes to the points of exactly these runs. */
  metricNames: { params: { runIds: string[] }; result: MetricNames };
  curves: {
    params: {
      runIds: string[];
      keys: string[];
      maxPoints: number;
      steps?: { from: number; to: number } | undefined;
    };
    result: {
      curves: { runId: string; key: string; count: number; decimated: boolean; points: Float64Array }[];
    };
  };
  /** Asks where to, and writes. */
  saveChart: { params: ChartFile; result: null };
  /** Writes every point of a metric as CSV where the user says. */
  savePoints: { params: { key: string; runIds: string[] }; result: null };
};
