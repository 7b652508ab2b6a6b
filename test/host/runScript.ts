import { endOnSignals, stopAllTrees } from "./processes.ts";

/**
 * Runs what one npm script does: ends every process it started whichever way it ends, and says in one sentence why it
 * failed.
 * @param script returns the exit code
 */
export async function runScript(script: () => Promise<number>): Promise<void> {
  endOnSignals();
  try {
    process.exitCode = await script();
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    process.exitCode = 1;
  } finally {
    await stopAllTrees();
  }
}
