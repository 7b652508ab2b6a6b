import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdir, readFile, readdir, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { duckDbPackage } from "../../esbuild.config.mjs";
import { npm, runQuietly } from "./bootstrap/report.mjs";
import { cacheDir, root } from "./paths.ts";

/**
 * The folder of DuckDB's package for a platform: the installed one, else one that is fetched with `npm pack`. What the
 * lock file names must be what it names.
 * @throws for a platform that DuckDB is not built for, or whose package the registry does not have
 */
export async function duckDbOf(target: string): Promise<string> {
  const name = duckDbPackage(target);
  const installed = join(root, "node_modules", name);
  if (existsSync(installed)) return installed;
  const version = await versionOf(name, target);
  const folder = join(cacheDir, "natives", `${name.replace("@duckdb/", "duckdb-")}-${version}`);
  if (existsSync(folder)) return folder;
  const temp = `${folder}.${process.pid}`;
  await rm(temp, { recursive: true, force: true });
  await mkdir(temp, { recursive: true });
  try {
    const { command, args, shell } = npm(["pack", `${name}@${version}`, "--pack-destination", temp]);
    await runQuietly(command, args, { cwd: root, shell }).catch((error: unknown) => {
      throw new Error(`Cairn cannot be packaged for ${target}: ${name}@${version} cannot be fetched.`, {
        cause: error,
      });
    });
    const [tarball = ""] = (await readdir(temp)).filter((file) => file.endsWith(".tgz"));
    await verify(join(temp, tarball), await lockedIntegrity(name));
    await runQuietly("tar", ["-xzf", tarball], { cwd: temp });
    await rename(join(temp, "package"), folder);
    return folder;
  } finally {
    await rm(temp, { recursive: true, force: true });
  }
}

async function versionOf(name: string, target: string): Promise<string> {
  const manifest = await readJson("node_modules/@duckdb/node-bindings/package.json");
  const version = (manifest.optionalDependencies as Record<string, string | undefined>)[name];
  if (version !== undefined) return version;
  throw new Error(`Cairn cannot be packaged for ${target}: DuckDB is not built for it.`);
}

/** Undefined where the lock file was made from a registry that did not have the package. */
async function lockedIntegrity(name: string): Promise<string | undefined> {
  const { packages } = await readJson("package-lock.json");
  return (packages as Record<string, { integrity?: string } | undefined>)[`node_modules/${name}`]?.integrity;
}

async function readJson(path: string): Promise<Record<string, unknown>> {
  return JSON.parse(await readFile(join(root, path), "utf8")) as Record<string, unknown>;
}

async function verify(tarball: string, integrity: string | undefined): Promise<void> {
  if (integrity === undefined) return;
  const sum = createHash("sha512").update(await readFile(tarball));
  if (`sha512-${sum.digest("base64")}` !== integrity)
    throw new Error(`${tarball} is not the package that package-lock.json names.`);
}
