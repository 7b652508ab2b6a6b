import { mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { onTestFinished } from "vitest";
import {
  addData,
  type AddOptions,
  checkoutData,
  type DataContext,
  DataProject,
  packData,
  statusOfData,
} from "../../../src/core/data/index.ts";
import { projectPaths } from "../../../src/core/project/index.ts";
import { openDatabase } from "../../../src/core/store/index.ts";

/** A project with data in a folder of its own. */
export interface TempData {
  root: string;
  project: DataProject;
  file: (name: string) => string;
  write: (name: string, content: string | Buffer) => string;
  read: (name: string) => string;
  add: (name: string, options?: Partial<AddOptions>) => ReturnType<typeof addData>;
  checkout: (target: string, force?: boolean) => ReturnType<typeof checkoutData>;
  status: (...names: string[]) => ReturnType<typeof statusOfData>;
  pack: () => ReturnType<typeof packData>;
  abort: AbortController;
}

/** @param given an existing folder, which is left to whoever made it */
export function tempData(given?: string): TempData {
  const root = given ?? realpathSync(mkdtempSync(path.join(tmpdir(), "cairn-data-")));
  const paths = projectPaths(root, "");
  const database = openDatabase(paths.database);
  const abort = new AbortController();
  const context: DataContext = { paths, signal: abort.signal };
  const project = new DataProject(database, context);
  onTestFinished(() => {
    database.close();
    if (given === undefined) rmSync(root, { recursive: true, force: true });
  });
  const file = (name: string) => path.join(root, name);
  return {
    ...{ root, project, file, abort },
    write(name, content) {
      mkdirSync(path.dirname(file(name)), { recursive: true });
      writeFileSync(file(name), content);
      return file(name);
    },
    read: (name) => readFileSync(file(name), "utf8"),
    add: (name, options) => addData(project, { path: name, message: "", ...options }),
    checkout: (target, force = false) => checkoutData(project, { target, force }),
    status: (...names) => statusOfData(database, context, names),
    pack: () => packData(project.store, { signal: abort.signal }),
  };
}

/** Numbers from 0 to 1 that are the same each time. */
export function randomFrom(seed: number): () => number {
  let state = seed;
  return () => (state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0) / 2 ** 32;
}

export function noise(size: number, seed = 1): Buffer {
  const next = randomFrom(seed);
  return Buffer.from(Uint8Array.from({ length: size }, () => Math.floor(next() * 256)));
}

/** A table as text; `edit` changes rows. */
export function table(rows: number, edit: (i: number) => string = () => ""): string {
  const line = (i: number) =>
    `${i},${(i * 7919) % 1009},name_${(i * 31) % 500}${edit(i)},${(i * 104_729) % 1_000_003}\n`;
  return `id,a,name,b\n${Array.from({ length: rows }, (_, i) => line(i)).join("")}`;
}
