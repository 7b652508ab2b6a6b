import type { Case } from "./corpus.js";
import type { Outcome } from "./replay.js";

/** Where Cairn answers otherwise than `mlflow server`, and why that is meant. */
export const allowed: readonly {
  reason: string;
  applies: (ours: Outcome, theirs: Outcome, item: Case) => boolean;
}[] = [
  {
    reason: "MLflow fails with 500, which its client retries for minutes; here bad input is 400 at once",
    applies: (ours, theirs) => theirs.status >= 500 && ours.status === 400,
  },
  {
    reason:
      "MLflow fails with 500 on null for a field that may be left out; here null is left out, as in protobuf",
    applies: (ours, theirs, { body }) =>
      theirs.status === 500 && ours.status === 200 && JSON.stringify(body).includes(":null"),
  },
  {
    reason:
      "MLflow ignores a field of a wrong type and does the rest with what it could read; here nothing is done",
    applies: (ours, theirs) =>
      theirs.status === 200 && ours.status === 400 && ours.message.includes("Hint: Value was of type"),
  },
  {
    reason: "MLflow's answer for an unknown address is HTML; here it is what its client makes of that",
    applies: (ours, theirs) =>
      theirs.status === 404 && theirs.body === undefined && ours.body === "ENDPOINT_NOT_FOUND",
  },
  {
    reason: "A filter that ends in AND is cut short; MLflow overlooks it",
    applies: (ours, _, { body }) => ours.status === 400 && /"filter":"(.* )?and"/.test(JSON.stringify(body)),
  },
  {
    reason: "An id that no run can have is wrong input in every call, not only in some",
    applies: (ours, theirs) =>
      theirs.status === 404 && ours.status === 400 && ours.message.includes("for parameter 'run_id'"),
  },
  {
    reason: "A key that no tag can have is wrong input when one is deleted too",
    applies: (ours, theirs, { path }) =>
      path === "runs/delete-tag" && theirs.status === 404 && ours.status === 400,
  },
  {
    reason: "MLflow lets SQLite's message through when an experiment is renamed to a name that is taken",
    applies: (ours, theirs, { path }) =>
      path === "experiments/update" &&
      ours.body === "RESOURCE_ALREADY_EXISTS" &&
      theirs.body === "BAD_REQUEST",
  },
  {
    reason: "Of two things that are wrong the other one is named first",
    applies: (ours, theirs, { path }) =>
      path === "experiments/create" && ours.body === "RESOURCE_ALREADY_EXISTS" && theirs.status === 400,
  },
  {
    reason: "MLflow says that an absent run has an empty history",
    applies: (ours, theirs, { path }) =>
      path.startsWith("metrics/get-history") && ours.status === 404 && theirs.status === 200,
  },
];
