import * as z from "zod/mini";
import type { ChartSettings } from "../../shared/charts.js";

const options = {
  x: z.enum(["step", "wall", "relative"]),
  logX: z.boolean(),
  logY: z.boolean(),
  smoothing: z.number().check(z.gte(0), z.lt(1)),
  ignoreOutliers: z.boolean(),
};
const strings = z.array(z.string());

/** What is remembered of the charts of a panel. */
export const chartSettings: z.ZodMiniType<ChartSettings> = z.object({
  ...options,
  size: z.enum(["small", "medium", "large"]),
  syncZoom: z.boolean(),
  pick: z.enum(["newest", "first"]),
  bands: z.boolean(),
  ...{ pinned: strings, hidden: strings, toggled: strings },
  own: z.record(z.string(), z.partial(z.object(options))),
});
