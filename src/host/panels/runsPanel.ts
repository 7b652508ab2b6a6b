import * as vscode from "vscode";
import * as z from "zod/mini";
import { unpackPoints } from "../../shared/points.js";
import {
  MOST_RUNS,
  RUN_ACTIONS,
  type RunAction,
  type RunsPanelApi,
  type RunsPanelData,
  type RunsPanelState,
} from "../../shared/runs/api.js";
import { TAG, isUserTag } from "../../shared/tracking.js";
import { runCommand } from "../commands/registrar.js";
import type { CommandId } from "../commands/table.js";
import type { ProjectConnection } from "../engine/projectConnection.js";
import type { Services } from "../services.js";
import { saveText } from "../runs/saveText.js";
import { debounce } from "../debounce.js";
import { chartHandlers, chartParsers } from "./chartHandlers.js";
import { followConnection } from "./connection.js";
import { Panel, type RequestParsers } from "./panel.js";
import { nothing, parser, runId, runsState, text } from "./parsers.js";
import { keepView, withKeptView } from "./runsView.js";

/** Shown at once; the rest of a long table follows. */
const FIRST_ROWS = 500;

const runIds = z.array(z.string());

/** What the panel offers for runs, by the command that does it. */
const ACTIONS: Record<RunAction, CommandId> = {
  stop: "cairn.stopRun",
  delete: "cairn.deleteRuns",
  rename: "cairn.renameRun",
  editTags: "cairn.editTags",
  runAgain: "cairn.runAgain",
  runChanged: "cairn.runAgainWithChanges",
};

const parsers: RequestParsers<RunsPanelApi> = {
  init: nothing,
  saveState: parser(runsState),
  ...chartParsers,
  search: parser(z.object({ filter: z.string() })),
  openRun: runId,
  act: parser(z.object({ action: z.enum(RUN_ACTIONS), runIds })),
  setTags: parser(
    z.object({
      runIds,
      set: z.array(z.object({ key: z.string(), value: z.string() })),
      remove: z.array(z.string()),
    }),
  ),
  details: runId,
  setColor: parser(z.object({ runId: z.string(), place: z.nullable(z.number()) })),
  saveText: parser(z.object({ name: z.string(), text: z.string() })),
  startRun: nothing,
  copyText: text,
};

/** A runs panel that is open. */
export interface OpenRunsPanel {
  /** Opens the editor for a run's note. */
  editNote(runId: string): void;
}

/**
 * Fills `view` with the table and charts of the runs of some experiments of a project (all when none is named). A panel
 * that is `restored` is as it was; another one is arranged as the last of the same experiments.
 */
export function showRunsPanel(
  host: Services,
  project: ProjectConnection,
  view: vscode.WebviewPanel,
  initial: RunsPanelState,
  restored: boolean,
): OpenRunsPanel {
  const memory = host.context.workspaceState;
  let state = restored ? initial : withKeptView(memory, initial);
  const interest = project.addInterest();
  let listed = new Set<string>();

  const load = async (limit: number): Promise<RunsPanelData> => {
    const experiments = await wantedExperiments(project, state.experimentIds);
    const experimentIds = Object.keys(experiments);
    const table = await project.request("runTable", { experimentIds, view: "ACTIVE_ONLY", limit });
    listed = new Set(table.rows.map((row) => row.runId));
    host.colors.separate(state.selected);
    const colors = host.colors.of([...listed]);
    return { table, colors, experiments, palette: host.colors.all };
  };
  const resend = debounce(500, async () => {
    if (!view.visible) return;
    try {
      panel.notify("table", await load(MOST_RUNS));
    } catch (error) {
      host.log.warn(`Failed to refresh the runs panel: ${String(error)}`);
    }
  });

  const panel = new Panel<RunsPanelApi>(view, host.context, host.log, {
    title: state.title,
    bundle: "runs",
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
      saveState: async (next) => {
        state = next;
        host.colors.separate(state.selected);
        await keepView(memory, state);
        return null;
      },
      ...chartHandlers(project, (runIds) => {
        host.colors.separate(runIds);
        interest.set({ metrics: runIds });
      }),
      openRun: async ({ runId }) => {
        await runCommand("cairn.openRun", { project, runId });
        return null;
      },
      search: async ({ filter }) => {
        const experimentIds = Object.keys(await wantedExperiments(project, state.experimentIds));
        const query = { experimentIds, view: "ACTIVE_ONLY" as const, limit: MOST_RUNS, filter };
        const table = await project.request("runTable", query);
        const { rows, truncated } = table;
        const found = { runIds: rows.map((row) => row.runId), truncated };
        const older = rows.filter((row) => !listed.has(row.runId));
        if (older.length === 0) return found;
        const colors = host.colors.of(older.map((row) => row.runId));
        return { ...found, older: { table: { ...table, rows: older }, colors } };
      },
      act: async ({ action, runIds }) => {
        await runCommand(
          ACTIONS[action],
          runIds.map((runId) => ({ project, runId })),
        );
        return null;
      },
      setTags: (change) => project.request("runTags", change),
      details: async ({ runId }) => {
        const { run } = await project.request("run", { runId });
        const note = run.data.tags.find(({ key }) => key === TAG.note)?.value ?? "";
        return { note, tags: run.data.tags.filter(({ key }) => isUserTag(key)) };
      },
      setColor: async ({ runId, place }) => {
        await host.colors.choose(runId, place);
        return null;
      },
      saveText: async ({ name, text }) => {
        await saveText(project, name, text);
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
  return {
    editNote: (runId) => {
      panel.notify("editNote", { runId });
    },
  };
}

/** Names of the experiments that a panel is about, by their ids. */
async function wantedExperiments(
  project: ProjectConnection,
  ids: readonly string[],
): Promise<Record<string, string>> {
  const { experiments } = await project.request("experiments", {
    view: ids.length > 0 ? "ALL" : "ACTIVE_ONLY",
  });
  const wanted = experiments.filter(({ experimentId }) => ids.length === 0 || ids.includes(experimentId));
  return Object.fromEntries(wanted.map(({ experimentId, name }) => [experimentId, name]));
}
