import * as z from "zod";
import type { TrackingStore } from "../../core/tracking/types.js";
import { id, pageToken } from "./schemas.js";
import type { Handlers } from "./types.js";

const subscribed = z.array(id).max(10_000);

export function metricHandlers(
  store: TrackingStore,
): Pick<Handlers, "history" | "series" | "metricNames" | "subscribe"> {
  return {
    history: {
      params: z.object({
        runId: id,
        key: id,
        maxResults: z.int().min(1).max(50_000).optional(),
        pageToken,
      }),
      handle: ({ runId, key, ...page }) => store.getMetricHistory(runId, key, page),
    },
    series: {
      params: z.object({
        runIds: z.array(id).max(10_000),
        keys: z.array(id).max(10_000).optional(),
        maxPoints: z.int().min(2).max(1_000_000),
        steps: z.object({ from: z.number(), to: z.number() }).optional(),
      }),
      async handle(query) {
        return { series: await store.getMetricSeries(query) };
      },
    },
    metricNames: {
      params: z.object({ runIds: z.array(id).max(10_000) }),
      handle: ({ runIds }) => store.getMetricNames(runIds),
    },
    subscribe: {
      params: z.object({ metrics: subscribed, console: subscribed }),
      handle({ metrics, console }, { session }) {
        session.subscribe(metrics, console);
        return Promise.resolve(null);
      },
    },
  };
}
