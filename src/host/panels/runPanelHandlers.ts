import * as vscode from "vscode";
import { readCodeState, readEnvironment } from "../../engine/client/captured.js";
import { readArtifactPart } from "../../engine/client/index.js";
import type { ChartRequests } from "../../shared/charts.js";
import type { RequestHandlers } from "../../shared/ipc.js";
import type { RunPanelApi } from "../../shared/run/api.js";
import { openCodeDiff, openPatch } from "../code/codeContent.js";
import type { ProjectConnection } from "../engine/projectConnection.js";
import { inputsNow } from "../data/inputsNow.js";
import { openArtifact, openModel, openPlace, openSource } from "../runs/openFiles.js";
import { pickOtherEnvironment } from "../runs/otherEnvironment.js";
import { stopRun } from "../runs/runActions.js";
import { runAgain } from "../runs/runAgain.js";
import { runCommand } from "../commands/registrar.js";

type Handlers = Omit<RequestHandlers<RunPanelApi>, "init" | "saveState" | keyof ChartRequests>;

/** What the panel of a run asks for that does not depend on the panel itself. */
export function runHandlers(project: ProjectConnection, runId: string): Handlers {
  let searching: AbortController | undefined;
  const done = async (work: Thenable<unknown>): Promise<null> => {
    await work;
    return null;
  };
  const nameOf = async (): Promise<string> => (await project.request("run", { runId })).row.name;
  return {
    console: (range) => project.request("console", { runId, ...range }),
    searchConsole: async (query) => {
      searching?.abort();
      const { signal } = (searching = new AbortController());
      return project.request("consoleSearch", { runId, ...query }, { signal });
    },
    openPlace: (place) => done(openPlace(project, place)),
    stop: () => done(stopRun(project, runId)),
    runAgain: ({ changes }) => done(runAgain({ project, runId }, changes)),
    tags: (change) => done(project.request("runTags", { runIds: [runId], ...change })),
    openRun: (other) => done(runCommand("cairn.openRun", { project, ...other })),
    openModel: ({ modelId }) => done(openModel(project, modelId)),
    openData: ({ source }) => done(openPlace(project, { path: source })),
    inputsNow: async () => ({ inputs: await inputsNow(project, runId) }),
    revealData: (data) => done(runCommand("cairn.dataReveal", { project, ...data })),
    openDataVersion: (data) => done(runCommand("cairn.dataOpenVersion", { project, ...data })),
    listArtifacts: async ({ path: folder }) => {
      const { files } = await project.request("artifacts", { runId, path: folder });
      return { files };
    },
    readArtifact: (part) => readArtifactPart(project, { runId, ...part }),
    openTable: ({ path }) => project.request("tableOpen", { runId, path }),
    tableRows: ({ path, ...part }) => project.request("tableRows", { source: { runId, path }, ...part }),
    openArtifact: (file) => done(openArtifact(project, runId, file)),
    openSource: () => done(openSource(project, runId)),
    copyText: ({ text }) => done(vscode.env.clipboard.writeText(text)),
    code: async () => ({ code: await readCodeState(project, runId) }),
    openDiff: async ({ path }) => done(openCodeDiff(project, runId, await nameOf(), path)),
    openPatch: async () => done(openPatch(project, runId, await nameOf())),
    environment: async () => ({ environment: await readEnvironment(project, runId) }),
    otherEnvironment: async () => ({ other: await pickOtherEnvironment(project, runId) }),
  };
}
