import { readdir, stat } from "node:fs/promises";
import path from "node:path";
import { CairnError } from "../../shared/errors.js";
import { type DatasetInput, INPUT_TAG, type KeyValue } from "../../shared/tracking.js";
import { type DirEntry, dirOid, md5OfFile } from "../data/index.js";

export interface DataFile {
  /** As the user wrote it. */
  name: string;
  absolute: string;
  isFolder: boolean;
  /** Bytes; 0 for a folder. */
  size: number;
  /** Milliseconds since the epoch. */
  changed: number;
}

/** Checks that what a run reads is there, before anything is started. */
export async function findData(cwd: string, names: readonly string[]): Promise<DataFile[]> {
  return Promise.all(
    names.map(async (name) => {
      const absolute = path.resolve(cwd, name);
      const info = await stat(absolute).catch(() => undefined);
      if (info === undefined) {
        throw new CairnError("notFound", `The data ${name} does not exist.`, {
          hint: `Looked for ${absolute}.`,
        });
      }
      const isFolder = info.isDirectory();
      return { name, absolute, isFolder, size: isFolder ? 0 : info.size, changed: info.mtimeMs };
    }),
  );
}

/** DVC's digest of a folder. */
async function md5OfFolder(folder: string, signal: AbortSignal): Promise<string> {
  const files = (await readdir(folder, { recursive: true, withFileTypes: true }))
    .filter((entry) => entry.isFile())
    .map((entry) => path.join(entry.parentPath, entry.name));
  const entries: DirEntry[] = [];
  for (const file of files) {
    const relpath = path.relative(folder, file).split(path.sep).join("/");
    entries.push({ md5: await md5OfFile(file, signal), relpath });
  }
  return dirOid(entries);
}

/** The version of the dataset at an absolute path that has this MD5, where one was recorded. */
export type VersionOf = (absolute: string, md5: string) => number | undefined;

/**
 * A data file as a dataset input of a run: name as the user wrote it, MD5 as digest, and the version that it is where that is known. Streams; holds no file in memory.
 * A file that is no longer what it was when it was found is said to have changed.
 */
export async function datasetInput(
  data: DataFile,
  versionOf: VersionOf,
  signal: AbortSignal,
): Promise<DatasetInput> {
  const digest = data.isFolder
    ? await md5OfFolder(data.absolute, signal)
    : await md5OfFile(data.absolute, signal);
  const now = await stat(data.absolute);
  const isSame = data.isFolder || (now.size === data.size && now.mtimeMs === data.changed);
  const version = versionOf(data.absolute, digest);
  const tags: KeyValue[] = [{ key: INPUT_TAG.context, value: "training" }];
  if (!isSame) tags.push({ key: INPUT_TAG.changed, value: "true" });
  if (version !== undefined) tags.push({ key: INPUT_TAG.version, value: String(version) });
  return {
    tags,
    dataset: {
      name: data.name,
      digest,
      sourceType: "local",
      source: JSON.stringify({ uri: data.absolute }),
      ...(data.isFolder ? {} : { profile: JSON.stringify({ size: data.size }) }),
    },
  };
}
