import type { RunTable } from "../protocol.js";

/** A curve as the panel gets it: unpacked triples step, timestamp (ms), value. */
export interface Curve {
  runId: string;
  key: string;
  count: number;
  decimated: boolean;
  points: Float64Array;
}

/** What is remembered over a reload. */
export interface RunsPanelState {
  /** The folder the panel belongs to; handed back as it came. */
  project: string;
  experimentIds: string[];
  title: string;
  selected: string[];
  textFilter: string;
  sort: { column: string; descending: boolean } | null;
  /** Share of the width that the table takes, 0 to 1. */
  split: number;
}

export interface RunsPanelApi {
  requests: {
    init: {
      params: null;
      result: { state: RunsPanelState; table: RunTable; colors: Record<string, string> };
    };
    saveState: { params: RunsPanelState; result: null };
    /** Also subscribes to the points of these runs. */
    curves: { params: { runIds: string[]; keys?: string[]; maxPoints: number }; result: { curves: Curve[] } };
    openRun: { params: { runId: string }; result: null };
    stopRun: { params: { runId: string }; result: null };
    deleteRuns: { params: { runIds: string[] }; result: null };
    startRun: { params: null; result: null };
    copyText: { params: { text: string }; result: null };
  };
  notifications: {
    table: { table: RunTable; colors: Record<string, string> };
    points: { series: { runId: string; key: string; points: Float64Array }[] };
    /** The engine cannot be reached, or can again. */
    connection: { connected: boolean; message?: string };
    theme: null;
  };
}
