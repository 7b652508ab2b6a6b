// `npm run screenshots`: takes the pictures of the README anew, as test/e2e/screenshots.ts says.
import { mkdir, readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { packageVsix } from "./packageVsix.ts";
import { root } from "./paths.ts";
import { runScript } from "./runScript.ts";

/** Pictures are in Git and on every clone. */
const maxBytes = 300_000;

interface Scenario {
  default: (vsix: string, dir: string) => Promise<void>;
}

await runScript(async () => {
  const dir = join(root, "media", "screenshots");
  await mkdir(dir, { recursive: true });
  const scenario = (await import(
    pathToFileURL(join(root, "test", "e2e", "screenshots.ts")).href
  )) as Scenario;
  await scenario.default(await packageVsix(), dir);
  let tooLarge = 0;
  for (const name of await readdir(dir)) {
    const { size } = await stat(join(dir, name));
    console.log(`media/screenshots/${name} ${(size / 1000).toFixed(0)} KB`);
    if (size > maxBytes) tooLarge++;
  }
  if (tooLarge > 0) throw new Error(`${tooLarge} pictures are over ${maxBytes / 1000} KB.`);
  return 0;
});
