import * as z from "zod";
import type { Launcher } from "../../core/runs/types.js";
import { id } from "./schemas.js";
import type { Handlers } from "./types.js";

const MAX_BYTES = 4 * 1024 * 1024;

export function consoleHandlers(launcher: Launcher): Pick<Handlers, "console" | "consoleSearch"> {
  return {
    console: {
      params: z.object({ runId: id, start: z.int(), maxBytes: z.int().min(1) }),
      handle: ({ runId, start, maxBytes }) =>
        launcher.readConsole(runId, start, Math.min(maxBytes, MAX_BYTES)),
    },
    consoleSearch: {
      params: z.object({
        runId: id,
        text: z.string().min(1).max(1000),
        regex: z.boolean(),
        caseSensitive: z.boolean(),
        from: z.int().min(0),
      }),
      handle: ({ runId, ...query }, { signal }) => launcher.searchConsole(runId, query, signal),
    },
  };
}
