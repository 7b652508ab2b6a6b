import * as vscode from "vscode";
import * as z from "zod/mini";
import { unpackPoints } from "../../shared/points.js";
import type { RunTable } from "../../shared/protocol.js";
import type { RunsPanelApi, RunsPanelState } from "../../shared/runs/api.js";
import { runCommand } from "../commands/registrar.js";
import type { ProjectConnection } from "../engine/projectConnection.js";
import type { Services } from "../services.js";
import { deleteRuns, stopRun } from "../runs/runActions.js";
import { unpackSeries } from "../series.js";
import { debounce } from "../debounce.js";
import { followConnection } from "./connection.js";
import { Panel, type RequestParsers } from "./panel.js";
import { nothing, parser, runId, runsState, text } from "./parsers.js";

const MOST_ROWS = 20_000;
/** Shown at once; the rest of a long table follows. */
const FIRST_ROWS = 500;

const parsers: RequestParsers<RunsPanelApi> = {
  init: nothing,
  saveState: parser(runsState),
  curves: parser(
    z.object({ runIds: z.array(z.string()), keys: z.optional(z.array(z.string())), maxPoints: z.number() }),
  ),
  openRun: runId,
  stopRun: runId,
  deleteRuns: parser(z.object({ runIds: z.array(z.string()) })),
  startRun: nothing,
  copyText: text,
};

/** Fills `view` with the table and charts of the runs of some experiments of a project (all when none is named). */
export function showRunsPanel(
  host: Services,
  project: ProjectConnection,
  view: vscode.WebviewPanel,
  initial: RunsPanelState,
): void {
  let state = initial;
  const interest = project.addInterest();

  const load = async (limit: number): Promise<{ table: RunTable; colors: Record<string, string> }> => {
    const experimentIds = await wantedExperiments(project, state.experimentIds);
    const table = await project.request("runTable", { experimentIds, view: "ACTIVE_ONLY", limit });
    host.colors.separate(state.selected);
    return { table, colors: host.colors.of(table.rows.map((row) => row.runId)) };
  };
  const resend = debounce(500, async () => {
    if (!view.visible) return;
    try {
      panel.notify("table", await load(MOST_ROWS));
    } catch (error) {
      host.log.warn(`Failed to refresh the runs panel: ${String(error)}`);
    }
  });

  const panel = new Panel<RunsPanelApi>(view, host.context, host.log, {
    title: state.title,
    bundle: "runs",
    plots: true,
    parsers,
    onTheme: resend,
    onHide: () => {
      interest.set({});
    },
    handlers: {
      init: async () => {
        const first = await load(FIRST_ROWS);
        if (first.table.truncated) resend();
        return { state, ...first };
      },
      saveState: (next) => {
        state = next;
        host.colors.separate(state.selected);
        return Promise.resolve(null);
      },
      curves: async ({ runIds, keys, maxPoints }) => {
        host.colors.separate(runIds);
        interest.set({ metrics: runIds });
        const query = { runIds, maxPoints, ...(keys === undefined ? {} : { keys }) };
        const { series } = await project.request("series", query);
        return { curves: series.map(unpackSeries) };
      },
      openRun: async ({ runId }) => {
        await runCommand("cairn.openRun", { project, runId });
        return null;
      },
      stopRun: async ({ runId }) => {
        await stopRun(project, runId);
        return null;
      },
      deleteRuns: async ({ runIds }) => {
        await deleteRuns(project, runIds);
        return null;
      },
      startRun: async () => {
        await runCommand("cairn.runEntry");
        return null;
      },
      copyText: async ({ text }) => {
        await vscode.env.clipboard.writeText(text);
        return null;
      },
    },
  });

  panel.own(
    interest,
    project.onChanged(({ runs, experiments }) => {
      const ids = state.experimentIds;
      if (experiments || ids.length === 0 || runs.some((run) => ids.includes(run.experimentId))) resend();
    }),
    project.onPoints(({ series }) => {
      panel.notify("points", {
        series: series.map(({ runId, key, data }) => ({ runId, key, points: unpackPoints(data) })),
      });
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
}

async function wantedExperiments(project: ProjectConnection, ids: string[]): Promise<string[]> {
  if (ids.length > 0) return ids;
  const { experiments } = await project.request("experiments", { view: "ACTIVE_ONLY" });
  return experiments.map((experiment) => experiment.experimentId);
}
