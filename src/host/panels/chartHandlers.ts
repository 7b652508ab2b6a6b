import * as z from "zod/mini";
import type { ChartRequests } from "../../shared/charts.js";
import type { RequestHandlers } from "../../shared/ipc.js";
import type { ProjectConnection } from "../engine/projectConnection.js";
import { saveBytes, savePoints } from "../runs/saveChart.js";
import { unpackSeries } from "../series.js";
import type { RequestParsers } from "./panel.js";
import { parser } from "./parsers.js";

interface ChartApi {
  requests: { [M in keyof ChartRequests]: ChartRequests[M] };
  notifications: Record<string, never>;
}

const runIds = z.array(z.string());

export const chartParsers: RequestParsers<ChartApi> = {
  metricNames: parser(z.object({ runIds })),
  curves: parser(
    z.object({
      runIds,
      keys: z.array(z.string()),
      maxPoints: z.number(),
      steps: z.optional(z.object({ from: z.number(), to: z.number() })),
    }),
  ),
  saveChart: parser(z.object({ name: z.string(), bytes: z.instanceof(Uint8Array) })),
  savePoints: parser(z.object({ key: z.string(), runIds })),
};

/** What the charts of a panel ask for. `watch` hears which runs they show, before anything of these is read. */
export function chartHandlers(
  project: ProjectConnection,
  watch: (runIds: string[]) => void,
): RequestHandlers<ChartApi> {
  return {
    metricNames: ({ runIds }) => {
      watch(runIds);
      return project.request("metricNames", { runIds });
    },
    curves: async ({ steps, ...query }) => {
      const { series } = await project.request("series", { ...query, ...(steps ? { steps } : {}) });
      return { curves: series.map(unpackSeries) };
    },
    saveChart: async ({ name, bytes }) => {
      await saveBytes(project, name, bytes);
      return null;
    },
    savePoints: async ({ key, runIds }) => {
      await savePoints(project, key, runIds);
      return null;
    },
  };
}
