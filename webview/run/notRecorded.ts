import type { RunRow } from "../../src/shared/protocol.js";
import { emptyState } from "../shared/states.js";

/** Says why nothing was captured of a run. */
export function notRecorded(
  icon: string,
  title: string,
  { launched, status }: Pick<RunRow, "launched" | "status">,
  more = "",
): unknown {
  const reason = !launched
    ? "Only runs that Cairn starts have their code and environment recorded. This one was started elsewhere."
    : status === "RUNNING"
      ? "It is recorded while the run goes on, a moment after its start."
      : "This run was started by a version of Cairn that did not record it, or ended before it could be.";
  return emptyState({ icon, title, text: `${reason} ${more}`.trim() });
}
