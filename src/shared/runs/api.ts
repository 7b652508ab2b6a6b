import type { ChartRequests, ChartSettings } from "../charts.js";
import type { RunTable } from "../protocol.js";
import type { KeyValue } from "../tracking.js";

/** A curve as the panel gets it: unpacked triples step, timestamp (ms), value. */
export interface Curve {
  runId: string;
  key: string;
  count: number;
  decimated: boolean;
  points: Float64Array;
}

/** How the user has arranged the table. Kept for each set of experiments, so that the next panel of them is the same. */
export interface TableLayout {
  /** Ids of columns, as they stand; those that are not named follow the one that they follow by default. */
  order: string[];
  /** Columns that the user has chosen to see, or not to; the others are as they are by default. */
  shown: string[];
  hidden: string[];
  pinned: string[];
  /** Pixels by column. */
  widths: Record<string, number>;
  /** Only metrics, parameters and tags in which the listed runs differ. */
  differing: boolean;
  /** Columns by which runs are grouped, the outermost first. */
  groupBy: string[];
  /** Groups that are open, and runs whose nested ones are folded away. */
  toggled: string[];
}

export const DEFAULT_LAYOUT: TableLayout = {
  ...{ order: [], shown: [], hidden: [], pinned: ["star", "name"], widths: {} },
  ...{ differing: false, groupBy: [], toggled: [] },
};

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
  layout: TableLayout;
  /** What is beside the table. */
  side: "charts" | "compare";
  /** Of compared runs, only the rows in which they differ. */
  compareDiffering: boolean;
  charts?: ChartSettings | undefined;
}

export interface RunsPanelData {
  table: RunTable;
  colors: Record<string, string>;
  /** Names of the experiments that the runs are of. */
  experiments: Record<string, string>;
  /** Colours that a run can be given. */
  palette: string[];
}

/** Runs that a panel lists; of more, the newest. */
export const MOST_RUNS = 20_000;

/** Runs that a search has found and that are older than those which are listed. */
export type OlderRuns = Pick<RunsPanelData, "table" | "colors">;

/** Commands of the host that the panel offers for the runs that are selected. */
export const RUN_ACTIONS = ["stop", "delete", "rename", "editTags", "runAgain", "runChanged"] as const;
export type RunAction = (typeof RUN_ACTIONS)[number];

export interface RunsPanelApi {
  requests: Pick<ChartRequests, keyof ChartRequests> & {
    init: {
      params: null;
      result: RunsPanelData & { state: RunsPanelState };
    };
    saveState: { params: RunsPanelState; result: null };
    /**
     * Runs that match a filter in MLflow's grammar, the newest `MOST_RUNS` of all that there are; an `invalid` error says
     * what is wrong with it. Rows come of those that are not listed.
     */
    search: {
      params: { filter: string };
      result: { runIds: string[]; truncated: boolean; older?: OlderRuns };
    };
    openRun: { params: { runId: string }; result: null };
    /** What can be done with some runs; the host asks what else it needs to know. */
    act: { params: { action: RunAction; runIds: string[] }; result: null };
    /** Sets and removes tags; a note, a star and a name are tags too. */
    setTags: { params: { runIds: string[]; set: KeyValue[]; remove: string[] }; result: null };
    /** Note and user's tags of a run, in full: rows carry only their beginnings. */
    details: { params: { runId: string }; result: { note: string; tags: KeyValue[] } };
    /** Place in the palette; null gives back the run's own. */
    setColor: { params: { runId: string; place: number | null }; result: null };
    /** Asks where to, and writes. */
    saveText: { params: { name: string; text: string }; result: null };
    startRun: { params: null; result: null };
    copyText: { params: { text: string }; result: null };
  };
  notifications: {
    table: RunsPanelData;
    /** A command of the tree or the palette is about this run's note. */
    editNote: { runId: string };
    points: { series: { runId: string; key: string; points: Float64Array }[] };
    /** The engine cannot be reached, or can again. */
    connection: { connected: boolean; message?: string };
    theme: null;
  };
}
