import * as z from "zod";
import type { Collector } from "../garbage/collector.js";
import type { Handlers } from "./types.js";

export function garbageHandlers({ garbage }: { garbage: Collector }): Pick<Handlers, "gc"> {
  return {
    gc: {
      params: z.object({ olderThanMs: z.number().min(0) }),
      handle: (params) => garbage.collect(params),
    },
  };
}
