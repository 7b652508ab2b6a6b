import { open, stat } from "node:fs/promises";
import path from "node:path";
import { CairnError, wrapError } from "../../shared/errors.js";

/** The beginning and the end of a file, which tell what it is. */
export interface FileEnds {
  file: string;
  /** What it is called: where a content lies in a store, its file has another name. */
  name: string;
  size: number;
  /** Nanoseconds, as a text: another one when the file has been written or replaced. */
  stamp: string;
  head: Buffer;
  tail: Buffer;
}

const HEAD = 256 * 1024;
const TAIL = 8;

/** Size and stamp of a file. Throws `notFound` where there is none, `invalid` for a folder or a device. */
export async function stampOf(file: string): Promise<{ size: number; stamp: string }> {
  const info = await stat(file, { bigint: true }).catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT" || error.code === "ENOTDIR")
      throw new CairnError("notFound", `There is no file ${path.basename(file)}.`);
    throw wrapError("read", path.basename(file), error);
  });
  if (!info.isFile()) throw new CairnError("invalid", `${path.basename(file)} is not a file.`);
  return { size: Number(info.size), stamp: `${info.ino}-${info.mtimeNs}-${info.size}` };
}

/** Reads both ends of a file; throws as `stampOf` does. */
export async function readEnds(file: string, name = path.basename(file)): Promise<FileEnds> {
  const { size, stamp } = await stampOf(file);
  const handle = await open(file);
  try {
    const read = async (at: number, length: number) => {
      const { buffer, bytesRead } = await handle.read(Buffer.alloc(length), 0, length, at);
      return buffer.subarray(0, bytesRead);
    };
    const head = await read(0, Math.min(size, HEAD));
    const tail = await read(Math.max(0, size - TAIL), Math.min(size, TAIL));
    return { file, name, size, stamp, head, tail };
  } finally {
    await handle.close();
  }
}
