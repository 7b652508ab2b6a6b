// `npm test [-- STAGE [FILTER…]]`: everything, or one stage.
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { build } from "./bootstrap/build.mjs";
import { findBrowser } from "./browser.ts";
import { installEditor, newestEditor } from "./editorInstall.ts";
import { packageVsix } from "./packageVsix.ts";
import { root } from "./paths.ts";
import { runScript } from "./runScript.ts";
import { runChecks } from "./stages/checks.ts";
import { runEditorTests } from "./stages/editor.ts";
import { type Outcome, closingLine, nothing, sum, unexplained } from "./stages/outcome.ts";
import { runVitest } from "./stages/vitest.ts";
import { pythonOf } from "../peers/env.ts";

const stages: Record<string, (filters: readonly string[]) => Promise<Outcome>> = {
  setup: prepare,
  checks: runChecks,
  unit: (filters) => runVitest("unit", "test/vitest.config.ts", filters),
  editor: () => runEditorTests(),
  e2e: (filters) => runVitest("e2e", "test/e2e/vitest.config.ts", filters),
};

/** What tests need, so that no test's time holds an installation. */
async function prepare(): Promise<Outcome> {
  await build(root, process.execPath);
  await packageVsix();
  await pythonOf("tracking");
  await installEditor(newestEditor);
  await findBrowser();
  return nothing;
}

await runScript(async () => {
  const [only, ...filters] = process.argv.slice(2);
  if (only !== undefined && !stages[only]) {
    throw new Error(`Unknown stage "${only}". Known: ${Object.keys(stages).join(", ")}.`);
  }
  const outcomes: Outcome[] = [];
  for (const [name, run] of Object.entries(stages)) {
    const wanted = only === undefined || only === name || name === "setup";
    if (wanted) outcomes.push(await runStage(name, () => run(filters)));
  }
  const total = sum(outcomes);
  const surprises = await unexplainedSkips(total);
  total.failed += surprises;
  console.log(closingLine(total));
  return total.failed > 0 ? 1 : 0;
});

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

/** Prints skipped tests that test/skips.json gives no reason for, and returns how many they are. */
async function unexplainedSkips({ skipped }: Outcome): Promise<number> {
  const allowed = JSON.parse(await readFile(join(root, "test", "skips.json"), "utf8")) as Record<
    string,
    string
  >;
  const names = unexplained(skipped, allowed);
  for (const name of names) console.error(`Skipped without a reason in test/skips.json: ${name}`);
  return names.length;
}
