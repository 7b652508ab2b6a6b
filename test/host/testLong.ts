// `npm run test:long [-- NAME]`: everything of `npm test` with longer rounds, in both editors.
import { olderEditor } from "./editorInstall.ts";
import { runScript } from "./runScript.ts";
import { runEditorTests } from "./stages/editor.ts";
import { closingLine, nothing, sum } from "./stages/outcome.ts";
import { prepare } from "./stages/prepare.ts";
import { runStages } from "./stages/runStages.ts";
import { runVitest } from "./stages/vitest.ts";

// Tests read this to choose how often they kill, fuzz and how long they soak.
process.env.CAIRN_TEST_LONG = "1";

await runScript(async () => {
  const [only, ...filters] = process.argv.slice(2);
  const outcomes = await runStages(
    {
      setup: prepare,
      unit: () => runVitest("unit", "test/vitest.config.ts", filters),
      editor: () => runEditorTests(),
      "older-editor": () => runEditorTests(olderEditor),
      e2e: () => runVitest("e2e", "test/e2e/vitest.config.ts", filters),
    },
    only,
  );
  const total = sum([nothing, ...outcomes]);
  console.log(closingLine(total));
  return total.failed > 0 ? 1 : 0;
});
