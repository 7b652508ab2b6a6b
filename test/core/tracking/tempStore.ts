import { mkdtempSync, rmSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { onTestFinished } from "vitest";
import type { Logger } from "../../../src/core/logger.ts";
import { openTrackingStore, type SqliteTrackingStore } from "../../../src/core/tracking/index.ts";

/** Fails the test on anything that the store thinks worth an error. */
export const strictLogger: Logger = {
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error(message) {
    throw message instanceof Error ? message : new Error(message);
  },
};

/** A folder that is gone after the test. */
export function tempFolder(): string {
  const folder = mkdtempSync(path.join(os.tmpdir(), "cairn-store-"));
  onTestFinished(() => {
    rmSync(folder, { recursive: true, force: true });
  });
  return folder;
}

/** A store of its own, closed after the test. */
export async function tempStore(
  options: { database?: string; readonly?: boolean } = {},
): Promise<SqliteTrackingStore> {
  const database = options.database ?? path.join(tempFolder(), "cairn.db");
  const store = await openTrackingStore({ paths: { database }, logger: strictLogger, ...options });
  onTestFinished(() => store.close());
  return store;
}

/** A run in the default experiment. */
export async function newRun(store: SqliteTrackingStore, runId?: string): Promise<string> {
  const run = await store.createRun({ experimentId: "0", runId });
  return run.info.runId;
}
