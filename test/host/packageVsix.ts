import { createHash } from "node:crypto";
import { existsSync, readFileSync, readdirSync, statSync } from "node:fs";
import { cp, mkdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { buildAll } from "../../esbuild.config.mjs";
import { withLock } from "./bootstrap/lock.mjs";
import { runQuietly } from "./bootstrap/report.mjs";
import { duckDbOf } from "./natives.ts";
import { thirdPartyNotices } from "./notices.ts";
import { outDir, platform, root } from "./paths.ts";

/** What a VSIX is made of, besides what is built. */
const shipped = [
  ".vscodeignore",
  "package.json",
  "package.nls.json",
  "l10n",
  "media",
  "README.md",
  "CHANGELOG.md",
  "LICENSE",
];

/** Everything that a VSIX depends on. */
const inputs = [
  ...shipped,
  "src",
  "webview",
  "esbuild.config.mjs",
  "package-lock.json",
  "tsconfig.json",
  "test/host/notices.ts",
  "test/host/natives.ts",
];

/**
 * Packages the extension for one platform and returns the path of the VSIX; done again only when something changed.
 * It is put together in a folder of its own, so that dist/ stays the development build.
 * @param target as Node names it: linux-x64
 */
export async function packageVsix(target: string = platform): Promise<string> {
  const vsix = join(outDir, "vsix", `cairn-${target}.vsix`);
  const stampFile = `${vsix}.stamp`;
  return withLock(`${vsix}.lock`, async () => {
    const stamp = contentStamp();
    if (existsSync(vsix) && existsSync(stampFile) && (await readFile(stampFile, "utf8")) === stamp)
      return vsix;
    const stage = join(outDir, "vsix", `stage-${target}`);
    await rm(stage, { recursive: true, force: true });
    await mkdir(join(stage, "dist"), { recursive: true });
    for (const name of shipped.filter((name) => existsSync(join(root, name)))) {
      await cp(join(root, name), join(stage, name), { recursive: true });
    }
    const duckDb = await duckDbOf(target);
    const sources = await buildAll({ production: true, outdir: join(stage, "dist"), target, duckDb });
    await writeFile(join(stage, "dist", "ThirdPartyNotices.txt"), thirdPartyNotices(sources));
    await runVsce(stage, target, `${vsix}.new`);
    await rename(`${vsix}.new`, vsix);
    await writeFile(stampFile, stamp);
    return vsix;
  });
}

/** The folder that the last VSIX for a target was packed from. */
export function stageFolder(target: string = platform): string {
  return join(outDir, "vsix", `stage-${target}`);
}

async function runVsce(stage: string, target: string, out: string): Promise<void> {
  const vsce = join(root, "node_modules", "@vscode", "vsce", "vsce");
  const links = ["--allow-missing-repository", "--no-rewrite-relative-links"];
  await runQuietly(
    process.execPath,
    [vsce, "package", "--no-dependencies", ...links, "--target", target, "-o", out],
    {
      cwd: stage,
    },
  );
}

function contentStamp(): string {
  const hash = createHash("sha256");
  const visit = (path: string) => {
    const info = statSync(path, { throwIfNoEntry: false });
    if (!info) return;
    if (info.isDirectory()) for (const name of readdirSync(path).sort()) visit(join(path, name));
    else hash.update(path).update("\0").update(readFileSync(path));
  };
  for (const input of inputs) visit(join(root, input));
  return hash.digest("hex");
}
