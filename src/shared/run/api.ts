import type { ConsoleChunk, RunRow } from "../protocol.js";
import type { FileInfo, Run } from "../tracking.js";

export interface RunPanelState {
  /** The folder the panel belongs to; handed back as it came. */
  project: string;
  runId: string;
  title: string;
  tab: "overview" | "metrics" | "console" | "artifacts";
}

export interface RunPanelData {
  run: Run;
  row: RunRow;
  experimentName: string;
  artifacts: FileInfo[];
  color: string;
}

export interface RunPanelApi {
  requests: {
    init: { params: null; result: { state: RunPanelState; data: RunPanelData } };
    saveState: { params: RunPanelState; result: null };
    curves: {
      params: { maxPoints: number };
      result: {
        curves: { runId: string; key: string; count: number; decimated: boolean; points: Float64Array }[];
      };
    };
    console: { params: { start: number; maxBytes: number }; result: ConsoleChunk };
    stop: { params: null; result: null };
    listArtifacts: { params: { path: string }; result: { files: FileInfo[] } };
    openArtifact: { params: { path: string }; result: null };
    openSource: { params: null; result: null };
    copyText: { params: { text: string }; result: null };
  };
  notifications: {
    data: RunPanelData;
    /** Go to this tab: the panel was open when its console was asked for. */
    show: { tab: RunPanelState["tab"] };
    points: { series: { runId: string; key: string; points: Float64Array }[] };
    output: ConsoleChunk;
    connection: { connected: boolean; message?: string };
    theme: null;
  };
}
