import * as z from "zod";
import type { StageInfo } from "../../shared/pipeline/api.js";
import { TAG } from "../../shared/tracking.js";
import type { Db } from "../store/index.js";

const Rows = z.array(
  z.object({ stage: z.string(), runId: z.string(), status: z.string(), startTime: z.number() }),
);

/** The newest run of each stage that was ever run here, by the stage's name. */
export function newestRuns(database: Db): Map<string, NonNullable<StageInfo["run"]>> {
  const rows = database
    .prepare(
      `SELECT t.value AS stage, r.run_id AS runId, r.status, r.start_time AS startTime FROM run_tag t
       JOIN run r ON r.id = t.run WHERE t.name = (SELECT id FROM name WHERE name = ?) AND r.deleted_time IS NULL
       ORDER BY r.start_time, r.id`,
    )
    .all(TAG.stage);
  return new Map(Rows.parse(rows).map(({ stage, ...run }) => [stage, run]));
}
