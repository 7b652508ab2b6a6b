import { mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll } from "vitest";
import { type DuckDb, openDuckDb } from "../../../src/core/table/index.ts";

/** A folder that is removed after the tests, and a DuckDB that may read it. */
export function tempTables(): { folder: string; db: () => Promise<DuckDb>; write: Write } {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), "cairn-tables-")));
  let opened: Promise<DuckDb> | undefined;
  afterAll(async () => {
    (await opened)?.close();
    rmSync(folder, { recursive: true, force: true });
  });
  return {
    folder,
    db: () => (opened ??= openDuckDb({ memoryLimit: 1e9, threads: 2, allowedDirectories: [folder] })),
    write: (name, content) => {
      const file = join(folder, name);
      writeFileSync(file, content);
      return file;
    },
  };
}

type Write = (name: string, content: string | Uint8Array) => string;
