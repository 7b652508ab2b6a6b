import { mkdir, open, rename, rm } from "node:fs/promises";
import path from "node:path";
import { wrapError } from "../../shared/errors.js";

/** Temp file, fsync, rename: killed in between, the file is not there, or is the one before. Makes its folder. */
export async function writeWhole(file: string, content: Buffer | string): Promise<void> {
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

/** The same for JSON, indented for people. */
export function saveJson(file: string, value: unknown): Promise<void> {
  return writeWhole(file, `${JSON.stringify(value, undefined, 2)}\n`);
}
