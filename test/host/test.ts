// `npm test [-- STAGE [FILTER…]]`: everything, or one stage.
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { root } from "./paths.ts";
import { runScript } from "./runScript.ts";
import { runChecks } from "./stages/checks.ts";
import { runEditorTests } from "./stages/editor.ts";
import { type Outcome, closingLine, sum, unexplained } from "./stages/outcome.ts";
import { prepare } from "./stages/prepare.ts";
import { runStages } from "./stages/runStages.ts";
import { runVitest } from "./stages/vitest.ts";

await runScript(async () => {
  const [only, ...filters] = process.argv.slice(2);
  const outcomes = await runStages(
    {
      setup: prepare,
      checks: runChecks,
      unit: () => runVitest("unit", "test/vitest.config.ts", filters),
      editor: () => runEditorTests(),
      e2e: () => runVitest("e2e", "test/e2e/vitest.config.ts", filters),
    },
    only,
  );
  const total = sum(outcomes);
  total.failed += await reportUnexplained(total);
  console.log(closingLine(total));
  return total.failed > 0 ? 1 : 0;
});

/** Prints skipped tests that test/skips.json gives no reason for, and returns how many they are. */
async function reportUnexplained({ skipped }: Outcome): Promise<number> {
  const allowed = JSON.parse(await readFile(join(root, "test", "skips.json"), "utf8")) as Record<
    string,
    string
  >;
  const names = unexplained(skipped, allowed);
  for (const name of names) console.error(`Skipped without a reason in test/skips.json: ${name}`);
  return names.length;
}
