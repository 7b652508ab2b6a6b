import * as vscode from "vscode";
import * as z from "zod/mini";
import { unpackPoints } from "../../shared/points.js";
import type { RunPanelApi, RunPanelData, RunPanelState } from "../../shared/run/api.js";
import { debounce } from "../debounce.js";
import type { ProjectConnection } from "../engine/projectConnection.js";
import type { Services } from "../services.js";
import { openArtifact, openSource } from "../runs/openFiles.js";
import { stopRun } from "../runs/runActions.js";
import { unpackSeries } from "../series.js";
import { followConnection } from "./connection.js";
import { Panel, type RequestParsers } from "./panel.js";
import { nothing, parser, runState, text } from "./parsers.js";

const parsers: RequestParsers<RunPanelApi> = {
  init: nothing,
  saveState: parser(runState),
  curves: parser(z.object({ maxPoints: z.number() })),
  console: parser(z.object({ start: z.number(), maxBytes: z.number() })),
  stop: nothing,
  listArtifacts: parser(z.object({ path: z.string() })),
  openArtifact: parser(z.object({ path: z.string() })),
  openSource: nothing,
  copyText: text,
};

export interface OpenRunPanel {
  /** Goes to a tab, at once or when the panel is seen again. */
  showTab(tab: RunPanelState["tab"]): void;
}

/** Fills `view` with one run: overview, metrics, console, artifacts. */
export function showRunPanel(
  host: Services,
  project: ProjectConnection,
  view: vscode.WebviewPanel,
  initial: RunPanelState,
): OpenRunPanel {
  const { runId } = initial;
  let state = initial;
  const interest = project.addInterest();

  const load = async (): Promise<RunPanelData> => {
    const [{ run, row, artifacts }, { experiments }] = await Promise.all([
      project.request("run", { runId }),
      project.request("experiments", { view: "ALL" }),
    ]);
    const experiment = experiments.find((each) => each.experimentId === row.experimentId);
    view.title = row.name;
    const color = host.colors.of([runId])[runId] ?? "";
    return { run, row, artifacts, experimentName: experiment?.name ?? row.experimentId, color };
  };
  const resend = debounce(300, async () => {
    if (!view.visible) return;
    try {
      panel.notify("data", await load());
    } catch (error) {
      host.log.warn(`Failed to refresh run ${runId}: ${String(error)}`);
    }
  });

  const panel = new Panel<RunPanelApi>(view, host.context, host.log, {
    title: state.title,
    bundle: "run",
    plots: true,
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
      saveState: (next) => {
        state = { ...next, project: initial.project, runId };
        return Promise.resolve(null);
      },
      curves: async ({ maxPoints }) => {
        const { series } = await project.request("series", { runIds: [runId], maxPoints });
        return { curves: series.map(unpackSeries) };
      },
      console: (range) => project.request("console", { runId, ...range }),
      stop: async () => {
        await stopRun(project, runId);
        return null;
      },
      listArtifacts: async ({ path: folder }) => {
        const { files } = await project.request("artifacts", { runId, path: folder });
        return { files };
      },
      openArtifact: async ({ path: file }) => {
        await openArtifact(project, runId, file);
        return null;
      },
      openSource: async () => {
        await openSource(project, runId);
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
    project.onChanged(({ runs, all }) => {
      if (all || runs.some((run) => run.runId === runId)) resend();
    }),
    project.onPoints(({ series }) => {
      const own = series.filter((each) => each.runId === runId);
      if (own.length === 0) return;
      panel.notify("points", {
        series: own.map(({ key, data }) => ({ runId, key, points: unpackPoints(data) })),
      });
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
