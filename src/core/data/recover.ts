import { existsSync, readdirSync, rmSync } from "node:fs";
import path from "node:path";
import type { DataProject } from "./context.js";
import { type IndexedVersion, readIndex, type RestoredObject } from "./store/index.js";

/** What was found again. */
export interface Recovered {
  contents: number;
  versions: number;
  /** Files of the store that nobody knows and that do not tell what they hold. */
  unreadable: string[];
}

/**
 * Takes files of the store into the database that it does not know, because it was lost or put back from an older copy.
 * Each of them ends with a list of what it holds. What the database knows and can read stays as it is. Returns undefined
 * where there is nothing to do, which takes as long as listing the store's folders.
 */
export function recoverStore({ database, store, sets }: DataProject): Recovered | undefined {
  const { root } = store.files;
  const onDisk = list(root);
  const known = new Set(database.prepare<[], string>("SELECT path FROM data_file").pluck().all());
  const lost = onDisk.filter((name) => !known.has(name));
  if (lost.length === 0) return undefined;
  const unreadable: string[] = [];
  const indexes = lost.flatMap((name) => {
    // Whoever makes one for the moment writes it down first.
    if (name.endsWith(".tmp")) rmSync(path.join(root, name), { recursive: true, force: true });
    const index = name.endsWith(".tmp") ? undefined : readIndex(path.join(root, name));
    if (!index && !name.endsWith(".tmp")) unreadable.push(name);
    return index ? [{ name, index }] : [];
  });
  return database
    .transaction((): Recovered => {
      const versions = new Map<IndexedVersion, number>();
      const all = indexes.flatMap(({ index }) => index.versions);
      for (const version of all.toSorted((a, b) => a.time - b.time))
        versions.set(version, sets.restore(version));
      const found = new Map<string, RestoredObject>();
      const files: number[] = [];
      for (const { name, index } of indexes) {
        const file = store.files.adopt(name);
        files.push(file);
        const idOf = (id: number | null) => {
          const version = index.versions.find((each) => each.id === id);
          return version ? (versions.get(version) ?? null) : null;
        };
        for (const object of index.objects) {
          const now = store.objects.byMd5(object.md5);
          if (now && existsSync(store.files.pathOf(now.path))) continue;
          found.set(object.md5, { ...object, version: idOf(object.version), file });
        }
      }
      const contents = store.objects.restore([...found.values()]);
      for (const file of files) store.files.abandonUnused(file);
      return { contents, versions: new Set(versions.values()).size, unreadable };
    })
    .immediate();
}

/** The store's files by their names in the database, in the order in which they were made. */
function list(root: string): string[] {
  const idOf = (name: string) => Number(/\/(\d+)\./.exec(name)?.[1] ?? 0);
  return folders(root)
    .flatMap((folder) => readdirSync(path.join(root, folder)).map((name) => `${folder}/${name}`))
    .filter((name) => /^\d{3}\/\d+\.(raw|pack|tmp)$/.test(name))
    .sort((a, b) => idOf(a) - idOf(b));
}

function folders(root: string): string[] {
  try {
    return readdirSync(root).filter((name) => /^\d{3}$/.test(name));
  } catch {
    // Nothing was stored yet.
    return [];
  }
}
