import { runCommand } from "../commands/registrar.js";
import type { RunRef } from "./runRefs.js";

/** Starts a run once more, as it was or with other parameters. */
export async function runAgain(run: RunRef, changes: boolean): Promise<void> {
  await runCommand(changes ? "cairn.runAgainWithChanges" : "cairn.runAgain", run);
}
