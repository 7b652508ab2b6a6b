// `npm run package [TARGET]`: makes the VSIX for this platform, or for another one (darwin-arm64).
import { stat } from "node:fs/promises";
import { step } from "./bootstrap/report.mjs";
import { packageVsix } from "./packageVsix.ts";
import { runScript } from "./runScript.ts";

await runScript(async () => {
  const path = await step("packaged", () => packageVsix(process.argv[2]));
  const { size } = await stat(path);
  console.log(`${path} (${(size / 1e6).toFixed(1)} MB)`);
  return 0;
});
