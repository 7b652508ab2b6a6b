import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdir, readdir, rm, stat, utimes, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { withLock } from "./bootstrap/lock.mjs";
import { step } from "./bootstrap/report.mjs";
import { cacheDir } from "./paths.ts";

const UNUSED_MS = 21 * 24 * 3600 * 1000;

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
  if (existsSync(mark)) {
    const now = new Date();
    await utimes(mark, now, now);
    return dir;
  }
  return withLock(`${dir}.lock`, async () => {
    if (existsSync(mark)) return dir;
    await rm(dir, { recursive: true, force: true });
    await mkdir(dir, { recursive: true });
    await step(`installed ${kind} ${version}`, () => install(dir));
    await writeFile(mark, "");
    await removeUnused(join(cacheDir, kind), version);
    return dir;
  });
}

/** Removes what other recipes left behind and nobody has used for weeks: seeds and environments are large. */
async function removeUnused(folder: string, version: string): Promise<void> {
  const oldest = Date.now() - UNUSED_MS;
  for (const name of await readdir(folder)) {
    if (!name.startsWith(`${version}-`) || name.endsWith(".lock")) continue;
    const used = await stat(join(folder, name, ".complete")).catch(() => undefined);
    if (used && used.mtimeMs < oldest) await rm(join(folder, name), { recursive: true, force: true });
  }
}
