import * as z from "zod";
import type { Entry } from "./entry.js";
import { parseYaml } from "./parseYaml.js";

const scalar = z.union([z.string(), z.number(), z.boolean()]);
const type = z.enum(["string", "float", "path", "uri"]);
const parameter = z.union([
  type,
  z.looseObject({ type: type.optional(), default: scalar.nullable().optional() }),
]);

/** MLflow's own file; what it says about environments is MLflow's business and left alone. */
const MlProject = z.looseObject({
  name: z.string().optional(),
  entry_points: z
    .record(
      z.string(),
      z.looseObject({ command: z.string(), parameters: z.record(z.string(), parameter).optional() }),
    )
    .optional(),
});

/** Entries of an `MLproject` file. Parameters without a default have to be given; undeclared ones are appended. */
export function parseMlProject(label: string, content: string): { entries: Entry[]; problems: string[] } {
  const { value, problems } = parseYaml(label, content, MlProject);
  const entries = Object.entries(value?.entry_points ?? {}).map(([name, point]): Entry => {
    const types: Entry["types"] = {};
    const params: Entry["params"] = {};
    for (const [key, declared] of Object.entries(point.parameters ?? {})) {
      const detail = typeof declared === "string" ? { type: declared } : declared;
      types[key] = detail.type ?? "string";
      const fallback = "default" in detail ? detail.default : undefined;
      params[key] = fallback === undefined || fallback === null ? null : String(fallback);
    }
    return {
      name,
      command: point.command,
      source: "MLproject",
      params,
      types,
      extraParams: "append",
      data: [],
    };
  });
  return { entries, problems };
}
