import { chmod, mkdir, open, readFile, realpath, rename } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import * as z from "zod";
import { CairnError } from "../../shared/errors.js";

const TrustFile = z.object({ trusted: z.array(z.string()) });

/** The user's own list of projects whose commands may run; never a file of the project. */
export function trustFile(): string {
  const { XDG_CONFIG_HOME: configured, APPDATA: windows } = process.env;
  const home =
    configured !== undefined && path.isAbsolute(configured)
      ? configured
      : process.platform === "win32" && windows !== undefined
        ? windows
        : path.join(os.homedir(), ".config");
  return path.join(home, "cairn", "trust.json");
}

async function readTrusted(file: string): Promise<string[]> {
  let text: string;
  try {
    text = await readFile(file, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return [];
    throw error;
  }
  try {
    return TrustFile.parse(JSON.parse(text)).trusted;
  } catch (cause) {
    throw new CairnError("corrupt", `The list of trusted projects ${file} cannot be read.`, {
      hint: "Delete it and trust your projects again.",
      cause,
    });
  }
}

/** By the folder's real path, so that a link cannot lend its trust to something else. */
export async function isTrusted(root: string): Promise<boolean> {
  return (await readTrusted(trustFile())).includes(await realpath(root));
}

export async function trustProject(root: string): Promise<void> {
  const file = trustFile();
  const real = await realpath(root);
  const trusted = await readTrusted(file);
  if (trusted.includes(real)) return;
  await mkdir(path.dirname(file), { recursive: true, mode: 0o700 });
  const temporary = `${file}.${process.pid}.tmp`;
  const handle = await open(temporary, "w", 0o600);
  try {
    await handle.writeFile(`${JSON.stringify({ trusted: [...trusted, real].sort() }, null, 2)}\n`);
    await handle.sync();
  } finally {
    await handle.close();
  }
  await rename(temporary, file);
  await chmod(file, 0o600);
}

/** Throws `refused` unless the user trusts the project. */
export async function requireTrust(root: string): Promise<void> {
  if (await isTrusted(root)) return;
  throw new CairnError("refused", `The project ${root} is not trusted, so nothing from its files is run.`, {
    hint: "Look at its cairn.yaml, then `cairn trust`. Your own commands need no trust: `cairn run -- COMMAND`.",
  });
}
