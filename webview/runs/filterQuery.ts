const ENTITY = "metrics?|params?|parameters?|tags?|attributes?|attr|run|datasets?";
const BARE = "run_id|run_name|user_id|status|artifact_uri|start_time|end_time|created";
const OPERATOR = String.raw`(?:[<>!=]=?|\b(?:I?LIKE|IN|NOT\s+IN|IS)\b)`;

/** A clause as MLflow writes it at the beginning: `metrics.acc >`, `` params.`a b` = ``, `status =`. */
const CLAUSE = new RegExp(
  String.raw`^\s*(?:(?:${ENTITY})\.(?:[^\s"${"`"}<>!=]+|"[^"]*"|${"`"}[^${"`"}]*${"`"})|(?:${BARE}))\s*${OPERATOR}`,
  "i",
);

/** Whether a text in the filter field is a filter in MLflow's grammar, and not words to look for. */
export function isQuery(text: string): boolean {
  return CLAUSE.test(text);
}
