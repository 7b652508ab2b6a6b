import * as z from "zod/mini";
import type { RunPanelApi } from "../../shared/run/api.js";
import type { RequestParsers } from "./panel.js";
import { chartParsers } from "./chartHandlers.js";
import { nothing, parser, runId, runState, text } from "./parsers.js";

export const parsers: RequestParsers<RunPanelApi> = {
  init: nothing,
  saveState: parser(runState),
  ...chartParsers,
  console: parser(z.object({ start: z.number(), maxBytes: z.number() })),
  searchConsole: parser(
    z.object({ text: z.string(), regex: z.boolean(), caseSensitive: z.boolean(), from: z.number() }),
  ),
  openPlace: parser(z.object({ path: z.string(), line: z.number(), column: z.optional(z.number()) })),
  stop: nothing,
  runAgain: parser(z.object({ changes: z.boolean() })),
  tags: parser(
    z.object({
      set: z.array(z.object({ key: z.string(), value: z.string() })),
      remove: z.array(z.string()),
    }),
  ),
  openRun: runId,
  openModel: parser(z.object({ modelId: z.string() })),
  openData: parser(z.object({ source: z.string() })),
  inputsNow: nothing,
  revealData: parser(z.object({ path: z.string(), version: z.optional(z.number()) })),
  openDataVersion: parser(z.object({ path: z.string(), version: z.number() })),
  listArtifacts: parser(z.object({ path: z.string() })),
  readArtifact: parser(z.object({ path: z.string(), start: z.number(), length: z.number() })),
  openTable: parser(z.object({ path: z.string() })),
  tableRows: parser(
    z.object({
      path: z.string(),
      stamp: z.string(),
      range: z.object({
        rowStart: z.number(),
        rowCount: z.number(),
        columnStart: z.number(),
        columnCount: z.number(),
      }),
    }),
  ),
  openArtifact: parser(
    z.object({ path: z.string(), how: z.enum(["editor", "openWith", "saveAs", "reveal"]) }),
  ),
  openSource: nothing,
  copyText: text,
  code: nothing,
  openDiff: parser(z.object({ path: z.string() })),
  openPatch: nothing,
  environment: nothing,
  otherEnvironment: nothing,
};
