import { type Outcome, closingLine, nothing } from "./outcome.ts";

export type Stages = Record<string, () => Promise<Outcome>>;

/**
 * Runs stages one after another and prints each with what it found and its time.
 * @param only the one stage that is wanted besides "setup"; all without it
 */
export async function runStages(stages: Stages, only: string | undefined): Promise<Outcome[]> {
  if (only !== undefined && !stages[only]) {
    throw new Error(`Unknown stage "${only}". Known: ${Object.keys(stages).join(", ")}.`);
  }
  const outcomes: Outcome[] = [];
  for (const [name, run] of Object.entries(stages)) {
    const wanted = only === undefined || only === name || name === "setup";
    if (wanted) outcomes.push(await runStage(name, run));
  }
  return outcomes;
}

async function runStage(name: string, run: () => Promise<Outcome>): Promise<Outcome> {
  console.log(`\n── ${name}`);
  const start = Date.now();
  const outcome = await run().catch((error: unknown): Outcome => {
    console.error(error instanceof Error ? error.message : error);
    return { ...nothing, failed: 1 };
  });
  console.log(`── ${name}: ${closingLine(outcome)} (${((Date.now() - start) / 1000).toFixed(1)} s)`);
  return outcome;
}
