import * as z from "zod/mini";
import { CairnError } from "../../shared/errors.js";
import { DEFAULT_LAYOUT } from "../../shared/runs/api.js";
import { RUN_TABS } from "../../shared/run/api.js";
import { chartSettings } from "./chartSettings.js";

/** A check of a panel's request. What is wrong is Cairn's own fault or a forged message: refused with the place named. */
export function parser<T>(schema: z.ZodMiniType<T>): (params: unknown) => T {
  return (params) => {
    const result = z.safeParse(schema, params);
    if (result.success) return result.data;
    const places = result.error.issues.map((issue) => `${issue.path.join(".")}: ${issue.code}`).join(", ");
    throw new CairnError("invalid", `The panel sent a request that is not as agreed (${places}).`);
  };
}

export const nothing = parser(z.null());
export const runId = parser(z.object({ runId: z.string() }));
export const text = parser(z.object({ text: z.string() }));

const strings = z.array(z.string());

/** Of another version: the charts begin anew, the rest stays. (`z.catch` would bring ten kilobytes along.) */
const keptCharts = z.optional(
  z.pipe(
    z.unknown(),
    z.transform((value) => {
      const { success, data } = z.safeParse(chartSettings, value);
      return success ? data : undefined;
    }),
  ),
);

const tableLayout = z.object({
  ...{ order: strings, shown: strings, hidden: strings, pinned: strings },
  widths: z.record(z.string(), z.number()),
  differing: z.boolean(),
  ...{ groupBy: strings, toggled: strings },
});

const sort = z.nullable(z.object({ column: z.string(), descending: z.boolean() }));
const side = z.enum(["charts", "compare"]);

/** What of a runs panel is the same in the next one of the same experiments. No defaults: what is missing is not known. */
export const keptRunsView = z.object({
  sort: z.optional(sort),
  split: z.optional(z.number()),
  layout: z.optional(tableLayout),
  side: z.optional(side),
  compareDiffering: z.optional(z.boolean()),
  charts: keptCharts,
});

export const runsState = z.object({
  sort,
  split: z.number(),
  layout: z._default(tableLayout, DEFAULT_LAYOUT),
  side: z._default(side, "charts"),
  compareDiffering: z._default(z.boolean(), true),
  charts: keptCharts,
  project: z.string(),
  experimentIds: z.array(z.string()),
  title: z.string(),
  selected: z.array(z.string()),
  textFilter: z.string(),
});

export const runState = z.object({
  project: z.string(),
  runId: z.string(),
  title: z.string(),
  tab: z.enum(RUN_TABS),
  artifact: z.optional(z.string()),
  charts: keptCharts,
});
