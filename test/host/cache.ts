import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { withLock } from "./bootstrap/lock.mjs";
import { step } from "./bootstrap/report.mjs";
import { cacheDir } from "./paths.ts";

/**
 * Returns the folder `<cache>/<kind>/<version>-<hash of the recipe>`, installing into it first if it is not complete.
 * Installing happens in place, because Python environments cannot be moved; a mark written last tells complete
 * folders, and one lock a folder keeps two installs apart.
 * @param recipe everything that the content depends on; another recipe is another folder
 */
export async function cached(
  kind: string,
  version: string,
  recipe: string,
  install: (dir: string) => Promise<void>,
): Promise<string> {
  const hash = createHash("sha256").update(recipe).digest("hex").slice(0, 8);
  const dir = join(cacheDir, kind, `${version}-${hash}`);
  const mark = join(dir, ".complete");
  if (existsSync(mark)) return dir;
  return withLock(`${dir}.lock`, async () => {
    if (existsSync(mark)) return dir;
    await rm(dir, { recursive: true, force: true });
    await mkdir(dir, { recursive: true });
    await step(`installed ${kind} ${version}`, () => install(dir));
    await writeFile(mark, "");
    return dir;
  });
}
