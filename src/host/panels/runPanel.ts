import * as vscode from "vscode";
import { unpackPoints } from "../../shared/points.js";
import type { RunPanelApi, RunPanelData, RunPanelState } from "../../shared/run/api.js";
import { debounce } from "../debounce.js";
import type { ProjectConnection } from "../engine/projectConnection.js";
import { loadRun } from "../runs/loadRun.js";
import type { Services } from "../services.js";
import { chartHandlers } from "./chartHandlers.js";
import { keepRunCharts, withRunCharts } from "./runCharts.js";
import { followConnection } from "./connection.js";
import { Panel } from "./panel.js";
import { runHandlers } from "./runPanelHandlers.js";
import { parsers } from "./runPanelParsers.js";

export interface OpenRunPanel {
  /** Goes to a tab, at once or when the panel is seen again. */
  showTab(tab: RunPanelState["tab"]): void;
}

/** Fills `view` with one run: what it is, its charts, its console, its files, its code and environment. */
export function showRunPanel(
  host: Services,
  project: ProjectConnection,
  view: vscode.WebviewPanel,
  initial: RunPanelState,
): OpenRunPanel {
  const { runId } = initial;
  const memory = host.context.workspaceState;
  let state = withRunCharts(memory, initial);
  const interest = project.addInterest();

  let experimentId: string | undefined;

  const load = async (): Promise<RunPanelData> => {
    const data = await loadRun(project, runId, host.colors);
    view.title = data.row.name;
    ({ experimentId } = data.row);
    return data;
  };
  const send = async (): Promise<void> => {
    if (!view.visible) return;
    try {
      panel.notify("data", await load());
    } catch (error) {
      host.log.warn(`Failed to refresh run ${runId}: ${String(error)}`);
    }
  };
  const resend = debounce(300, send);
  // A parent or a child may have changed: less pressing, and in a sweep it is always one of them.
  const resendLater = debounce(3_000, send);

  const panel = new Panel<RunPanelApi>(view, host.context, host.log, {
    title: state.title,
    bundle: "run",
    parsers,
    onTheme: resend,
    onHide: () => {
      interest.set({});
    },
    handlers: {
      init: async () => {
        const data = await load();
        interest.set({ metrics: [runId], console: [runId] });
        return { state, data };
      },
      saveState: async (next) => {
        state = { ...next, project: initial.project, runId };
        await keepRunCharts(memory, state.charts);
        return null;
      },
      ...chartHandlers(project, () => {
        interest.set({ metrics: [runId], console: [runId] });
      }),
      ...runHandlers(project, runId),
    },
  });

  panel.own(
    interest,
    project.onChanged(({ runs, all }) => {
      if (all || runs.some((run) => run.runId === runId)) resend();
      else if (runs.some((run) => run.experimentId === experimentId)) resendLater();
    }),
    project.onPoints(({ series }) => {
      const own = series.filter((each) => each.runId === runId);
      if (own.length === 0) return;
      panel.notify("points", {
        series: own.map(({ key, data }) => ({ runId, key, points: unpackPoints(data) })),
      });
    }),
    project.onJob(({ kind, state }) => {
      if (state === "done" && /^(?:data(?:Add|Checkout|Pull)|repro)$/.test(kind))
        panel.notify("dataChanged", null);
    }),
    vscode.window.onDidChangeWindowState(({ focused }) => {
      if (focused) panel.notify("dataChanged", null);
    }),
    vscode.workspace.onDidSaveTextDocument(() => {
      panel.notify("dataChanged", null);
    }),
    project.onOutput((output) => {
      if (output.runId === runId) panel.notify("output", output.chunk);
    }),
    followConnection(
      project,
      (connection) => {
        panel.notify("connection", connection);
      },
      resend,
    ),
    host.colors.onDidChange(resend),
  );
  return {
    showTab: (tab) => {
      state = { ...state, tab };
      panel.notify("show", { tab });
    },
  };
}
