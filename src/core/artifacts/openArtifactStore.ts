import { randomBytes } from "node:crypto";
import { mkdirSync, realpathSync } from "node:fs";
import { open, mkdir, readdir, realpath, rename, rm, stat } from "node:fs/promises";
import { dirname, join } from "node:path";
import { Readable } from "node:stream";
import type { FileInfo } from "../../shared/tracking.js";
import { CairnError, toError, wrapError, type ErrorCode } from "../../shared/errors.js";
import { resolveArtifactPath, splitArtifactPath } from "./safePath.js";
import type { ArtifactStore, ByteRange } from "./types.js";

/** Uploads under way lie in this folder of the root, which no path leads to. */
const UPLOADS = ".uploads";

/** Opens (and makes, where it is missing) the folder that holds all artifacts of a project. */
export function openArtifactStore(root: string): ArtifactStore {
  mkdirSync(root, { recursive: true });
  const real = realpathSync(root);
  const uploads = join(real, UPLOADS);
  const split = (path: string): string[] => {
    const parts = splitArtifactPath(path);
    if (parts[0]?.toLowerCase() === UPLOADS)
      throw new CairnError("invalid", `Invalid path: ${UPLOADS} is reserved`);
    return parts;
  };
  const locate = (path: string): Promise<string> => resolveArtifactPath(real, split(path));
  // Whoever writes holds the project: what lies there before its first write is of a process that was killed.
  let prepared: Promise<void> | undefined;
  const prepare = (): Promise<void> =>
    (prepared ??= emptyFolder(uploads).catch((error: unknown) => {
      prepared = undefined;
      throw explain("write", UPLOADS, error);
    }));

  return {
    root: real,
    list: async (path) => listFolder(await locate(path), split(path).join("/")),
    read: async (path, range) => readFile(await locate(path), path, range),
    fileOf: async (path) =>
      realpath(await locate(path)).catch((error: unknown) => {
        throw explain("read", path, error);
      }),
    write: async (path, content) => {
      const parts = split(path);
      if (parts.length === 0 || path.endsWith("/")) {
        throw new CairnError("invalid", "Invalid path: it names no file");
      }
      const target = await resolveArtifactPath(real, parts);
      await prepare();
      return writeFile(uploads, target, path, content);
    },
    remove: async (path) => {
      if (split(path).length === 0) {
        throw new CairnError("invalid", "Invalid path: the whole store cannot be removed");
      }
      const target = await locate(path);
      await rm(target, { recursive: true, force: true }).catch((error: unknown) => {
        throw explain("remove", path, error);
      });
    },
  };
}

/** Sorted by path. Nothing for a folder that is not there or is a file, as MLflow answers. */
async function listFolder(folder: string, path: string): Promise<FileInfo[]> {
  const entries = await readdir(folder, { withFileTypes: true }).catch((error: unknown) => {
    const { code } = toError(error) as NodeJS.ErrnoException;
    if (code === "ENOENT" || code === "ENOTDIR") return [];
    throw explain("list", path, error);
  });
  const files: FileInfo[] = [];
  for (const entry of entries) {
    if (path === "" && entry.name === UPLOADS) continue;
    const info = await describe(join(folder, entry.name), path === "" ? entry.name : `${path}/${entry.name}`);
    if (info) files.push(info);
  }
  return files.sort((a, b) => (a.path < b.path ? -1 : a.path > b.path ? 1 : 0));
}

async function describe(file: string, path: string): Promise<FileInfo | undefined> {
  try {
    const found = await stat(file);
    return found.isDirectory() ? { path, isDir: true } : { path, isDir: false, fileSize: found.size };
  } catch {
    // Gone since the folder was read, or a link to nothing.
    return undefined;
  }
}

async function readFile(
  file: string,
  path: string,
  range: ByteRange = { start: 0, length: Infinity },
): Promise<{ stream: Readable; size: number }> {
  // Asked before opening, because opening a named pipe would wait for a writer.
  const kind = await stat(file).catch((error: unknown) => {
    throw explain("read", path, error);
  });
  if (!kind.isFile()) throw new CairnError("notFound", `No such artifact: '${path}'`);
  const handle = await open(file, "r").catch((error: unknown) => {
    throw explain("read", path, error);
  });
  const found = await handle.stat();
  // No further than its present end, so that a file that grows does not outrun the length announced.
  const { size } = found;
  const end = Math.min(size, range.start + range.length);
  if (end <= range.start) {
    await handle.close();
    return { stream: Readable.from([]), size };
  }
  return { stream: handle.createReadStream({ start: range.start, end: end - 1 }), size };
}

async function emptyFolder(folder: string): Promise<void> {
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
}

async function writeFile(
  uploads: string,
  file: string,
  path: string,
  content: Readable,
): Promise<{ size: number }> {
  const folder = dirname(file);
  const temp = join(uploads, randomBytes(8).toString("hex"));
  try {
    const size = await writeDurably(temp, content);
    await mkdir(folder, { recursive: true });
    await rename(temp, file);
    await syncFolder(folder);
    return { size };
  } catch (error) {
    content.destroy();
    await rm(temp, { force: true }).catch(() => undefined);
    throw explain("write", path, error);
  }
}

async function writeDurably(temp: string, content: Readable): Promise<number> {
  const handle = await open(temp, "wx", 0o644);
  try {
    let size = 0;
    for await (const chunk of content) {
      const bytes = chunk as Buffer;
      await handle.writeFile(bytes);
      size += bytes.length;
    }
    await handle.sync();
    return size;
  } finally {
    await handle.close();
  }
}

/** Makes the new name survive a power cut; Windows has no such call and needs none. */
async function syncFolder(folder: string): Promise<void> {
  if (process.platform === "win32") return;
  const handle = await open(folder, "r");
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** What the system's error codes mean for whoever asked; any other is an environment failure. */
const meanings: Record<string, ErrorCode> = {
  ENOENT: "notFound",
  EISDIR: "invalid",
  ENOTDIR: "invalid",
  EEXIST: "invalid",
  ENOTEMPTY: "invalid",
  ENAMETOOLONG: "invalid",
  EINVAL: "invalid",
  ENOSPC: "full",
  EDQUOT: "full",
  EFBIG: "full",
  EACCES: "refused",
  EPERM: "refused",
  EROFS: "refused",
};

/** The message names the artifact and not where on this machine it lies. */
function explain(verb: string, path: string, cause: unknown): CairnError {
  const error = toError(cause) as NodeJS.ErrnoException;
  if (error instanceof CairnError) return error;
  const code = meanings[error.code ?? ""];
  if (code === "notFound") return new CairnError(code, `No such artifact: '${path}'`, { cause });
  if (code === undefined) return wrapError(verb, `artifact '${path}'`, cause);
  const reason = code === "full" ? "no space is left on the disk" : error.message.replace(/,.*$/, "");
  return new CairnError(code, `Failed to ${verb} artifact '${path}': ${reason}`, { cause });
}
