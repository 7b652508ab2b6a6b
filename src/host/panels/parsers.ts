import * as z from "zod/mini";
import { CairnError } from "../../shared/errors.js";

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

export const runsState = z.object({
  project: z.string(),
  experimentIds: z.array(z.string()),
  title: z.string(),
  selected: z.array(z.string()),
  textFilter: z.string(),
  sort: z.nullable(z.object({ column: z.string(), descending: z.boolean() })),
  split: z.number(),
});

export const runState = z.object({
  project: z.string(),
  runId: z.string(),
  title: z.string(),
  tab: z.enum(["overview", "metrics", "console", "artifacts"]),
});
