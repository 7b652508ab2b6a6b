import * as vscode from "vscode";
import * as z from "zod/mini";
import { toError } from "../../shared/errors.js";
import type { HealthPanelApi } from "../../shared/health/api.js";
import { runCommand } from "../commands/registrar.js";
import { debounce } from "../debounce.js";
import type { ProjectConnection } from "../engine/projectConnection.js";
import type { Services } from "../services.js";
import { Panel, type RequestParsers } from "./panel.js";
import { nothing, parser, text } from "./parsers.js";

type Shown = HealthPanelApi["notifications"]["health"];

const parsers: RequestParsers<HealthPanelApi> = {
  init: nothing,
  refresh: nothing,
  checkDatabase: nothing,
  cancelJob: parser(z.object({ jobId: z.string() })),
  stopEngine: nothing,
  startEngine: nothing,
  openLog: nothing,
  copyText: text,
};

/** Fills `view` with the state of a project's engine. Looking does not start one. */
export function showHealthPanel(host: Services, project: ProjectConnection, view: vscode.WebviewPanel): void {
  const load = async (): Promise<Shown> => {
    const { state } = project;
    if (state.kind === "failed") return { health: null, problem: problemOf(state.error) };
    if (state.kind !== "connected") {
      return { health: null, problem: vscode.l10n.t("No engine is running for {0}.", project.name) };
    }
    try {
      return { health: await project.request("health", {}) };
    } catch (error) {
      return { health: null, problem: toError(error).message };
    }
  };
  const resend = debounce(500, async () => {
    if (view.visible) panel.notify("health", await load());
  });

  const panel = new Panel<HealthPanelApi>(view, host.context, host.log, {
    title: view.title,
    bundle: "health",
    parsers,
    onTheme: resend,
    onHide: () => undefined,
    handlers: {
      init: load,
      refresh: load,
      checkDatabase: async () => {
        await project.request("jobStart", { kind: "checkDatabase", params: {} });
        return null;
      },
      cancelJob: async ({ jobId }) => {
        await project.request("jobCancel", { jobId });
        return null;
      },
      stopEngine: async () => {
        await runCommand("cairn.stopEngine", { project });
        return null;
      },
      startEngine: async () => {
        await project.connect();
        return null;
      },
      openLog: () => {
        host.log.show();
        return Promise.resolve(null);
      },
      copyText: async ({ text }) => {
        await vscode.env.clipboard.writeText(text);
        return null;
      },
    },
  });

  panel.own(
    project.onState(resend),
    project.onChanged(resend),
    project.onJob((job) => {
      panel.notify("job", job);
    }),
  );
}

function problemOf(error: { message: string; hint?: string }): string {
  return error.hint === undefined ? error.message : `${error.message} ${error.hint}`;
}
