import { mkdir, open, rename, rm } from "node:fs/promises";
import path from "node:path";
import { CAPTURED } from "../../shared/capture.js";
import { wrapError } from "../../shared/errors.js";
import type { CapturedCode } from "./captureCode.js";

/**
 * Writes what was captured below a run's artifact folder (absolute): the patch first, so that a `code.json` that is
 * there describes a patch that is there. Killed in between, there is no `code.json`, or the one before.
 */
export async function saveCode(artifacts: string, { state, patch }: CapturedCode): Promise<void> {
  if (patch === null) await rm(path.join(artifacts, CAPTURED.patch), { force: true });
  else await writeWhole(path.join(artifacts, CAPTURED.patch), patch);
  await writeWhole(path.join(artifacts, CAPTURED.code), `${JSON.stringify(state, undefined, 2)}\n`);
}

/** Temp file, fsync, rename. */
async function writeWhole(file: string, content: Buffer | string): Promise<void> {
  const temporary = `${file}.${process.pid}.tmp`;
  try {
    await mkdir(path.dirname(file), { recursive: true });
    const handle = await open(temporary, "w", 0o644);
    try {
      await handle.writeFile(content);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(temporary, file);
  } catch (error) {
    await rm(temporary, { force: true });
    throw wrapError("write", file, error);
  }
}
