import type { Core } from "./core.js";
import { parseExperimentId } from "./validate.js";

/** Names of everything that runs of some experiments have, sorted. */
export function listColumns(
  { session, names }: Core,
  experimentIds: readonly string[],
): { metrics: string[]; params: string[]; tags: string[] } {
  const experiments = JSON.stringify(experimentIds.map(parseExperimentId));
  const namesIn = (table: string) =>
    session
      .rows<[number]>(
        `SELECT DISTINCT t.name FROM run r CROSS JOIN ${table} t ON t.run = r.id
        WHERE r.experiment IN (SELECT value FROM json_each(?))`,
        experiments,
      )
      .map(([id]) => names.nameOf(id))
      .sort();
  return { metrics: namesIn("series"), params: namesIn("param"), tags: namesIn("run_tag") };
}
