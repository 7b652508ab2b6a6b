import { constants } from "node:fs";
import { open, realpath } from "node:fs/promises";
import path from "node:path";
import type { Readable } from "node:stream";
import { CairnError, toError } from "../../shared/errors.js";
import type { SpoolContent } from "./records.js";

export interface ContentPlace {
  folder: string;
  root: string;
  isOwnHost: boolean;
}

/**
 * Opens what an artifact's line points to. Throws CairnError `notFound` or `refused`, naming the artifact. A copy is no
 * link, and a writer of another host names no file of this one but what lies in the project.
 */
export async function contentOf(content: SpoolContent, place: ContentPlace): Promise<Readable> {
  const { path: name } = content;
  const isCopy = content.file !== undefined;
  const file = path.resolve(place.folder, content.file ?? content.ref ?? "");
  if (!isCopy && !place.isOwnHost && !(await isBelow(file, place.root)))
    throw new CairnError("refused", `the artifact ${name}: it lies on another host, as ${file}`);
  const { O_RDONLY, O_NOFOLLOW, O_NONBLOCK } = constants as Partial<typeof constants>;
  try {
    const handle = await open(file, (O_RDONLY ?? 0) | (O_NONBLOCK ?? 0) | (isCopy ? (O_NOFOLLOW ?? 0) : 0));
    if ((await handle.stat()).isFile()) return handle.createReadStream();
    await handle.close();
  } catch (error) {
    const { code } = toError(error) as NodeJS.ErrnoException;
    if (code !== "ENOENT" && code !== "EACCES" && code !== "ELOOP" && code !== "ENOTDIR") throw error;
  }
  throw new CairnError("notFound", `the artifact ${name}: ${file} is gone, or is no file that can be read`);
}

async function isBelow(file: string, folder: string): Promise<boolean> {
  const real = await realpath(file).catch(() => file);
  return path.isAbsolute(real) && !path.relative(folder, real).startsWith("..");
}
