import * as z from "zod";
import type { Health } from "../../shared/protocol.js";
import { noParams } from "./schemas.js";
import type { Handlers } from "./types.js";

/** Requests that concern the engine itself. */
export function engineHandlers(deps: {
  health: () => Promise<Health>;
  environment: () => Record<string, string>;
  /** Ends the engine after this request is answered. Gives the number of runs that go on. */
  drain: (reason: string) => number;
}): Pick<Handlers, "health" | "environment" | "drain"> {
  return {
    health: { params: noParams, handle: () => deps.health() },
    environment: { params: noParams, handle: () => Promise.resolve(deps.environment()) },
    drain: {
      params: z.object({ reason: z.string().max(1000) }),
      handle: ({ reason }) => Promise.resolve({ runs: deps.drain(reason) }),
    },
  };
}
