import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { addData, checkoutData, DataProject, packData, versionOf } from "../../../src/core/data/index.ts";
import { projectPaths } from "../../../src/core/project/index.ts";
import { openDatabase } from "../../../src/core/store/index.ts";
import type { DataVersion } from "../../../src/shared/data/api.ts";

/** A project in this process, so that no start of a process is measured. */
export interface BenchProject {
  folder: string;
  /** Adds and packs; milliseconds of each. */
  add: (name: string) => Promise<{ version: DataVersion; addMs: number; packMs: number; packCpuMs: number }>;
  checkout: (target: string) => Promise<number>;
  close: () => void;
}

export function benchProject(): BenchProject {
  const folder = mkdtempSync(join(tmpdir(), "cairn-bench-data-"));
  const paths = projectPaths(folder, "");
  const database = openDatabase(paths.database, { synchronous: "FULL" });
  const { signal } = new AbortController();
  const project = new DataProject(database, { paths, signal });
  return {
    folder,
    async add(name) {
      const begin = performance.now();
      const added = await addData(project, { path: name, message: "" });
      const between = performance.now();
      const cpu = process.cpuUsage();
      await packData(project.store, { signal });
      const { user, system } = process.cpuUsage(cpu);
      const packMs = performance.now() - between;
      const version = versionOf(project, name, added.version ?? 0);
      return { version, addMs: between - begin, packMs, packCpuMs: (user + system) / 1000 };
    },
    async checkout(target) {
      const begin = performance.now();
      await checkoutData(project, { target, force: true });
      return performance.now() - begin;
    },
    close() {
      database.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
