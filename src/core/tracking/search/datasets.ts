import type { Core } from "../core.js";
import type { RunRecord } from "../runIndex.js";
import type { Clause } from "./ast.js";
import { textTest } from "./compare.js";

const CONTEXT_TAG = "mlflow.data.context";

/** Whether any dataset of a run satisfies the clause; its context is a tag of the link between the two. */
export function datasetTest({ session }: Core, clause: Clause): (run: RunRecord) => boolean {
  const test = textTest(clause);
  const matching = new Set<number>();
  const rows =
    clause.key === "context"
      ? session.rows<[number, string]>(
          "SELECT i.run, t.value FROM run_dataset i JOIN dataset_tag t ON t.input = i.id WHERE t.key = ?",
          CONTEXT_TAG,
        )
      : session.rows<[number, string]>(
          `SELECT i.run, ${clause.key === "digest" ? "d.digest" : "d.name"}
          FROM run_dataset i JOIN dataset d ON d.id = i.dataset`,
        );
  for (const [run, value] of rows) if (test(value)) matching.add(run);
  return ({ id }) => matching.has(id);
}
