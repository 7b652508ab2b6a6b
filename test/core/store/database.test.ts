import Database from "better-sqlite3";
import { spawnSync } from "node:child_process";
import {
  chmodSync,
  closeSync,
  copyFileSync,
  existsSync,
  openSync,
  readFileSync,
  readdirSync,
  statSync,
  writeFileSync,
  writeSync,
} from "node:fs";
import path from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { CairnError } from "../../../src/shared/errors.ts";
import {
  backupDatabase,
  checkDatabase,
  describeDatabase,
  openDatabase,
  SCHEMA_VERSION,
  setAside,
} from "../../../src/core/store/index.ts";
import { migrate } from "../../../src/core/store/migrate.ts";
import { migrations } from "../../../src/core/store/migrations/index.ts";
import { assertNodeApi } from "../../../src/core/store/native.ts";
import { killedWriter, sourceHooks } from "./writer.ts";
import { newRun, tempFolder, tempStore } from "../tracking/tempStore.ts";

const metric = (step: number) => ({ key: "m", value: step, step, timestamp: step });

function errorOf(action: () => unknown): CairnError {
  try {
    action();
  } catch (error) {
    if (error instanceof CairnError) return error;
    throw error;
  }
  throw new Error("Nothing was thrown.");
}

/** A closed database with a run of 20,000 points; returns its path. */
async function filled(): Promise<string> {
  const database = path.join(tempFolder(), "cairn.db");
  const store = await tempStore({ database });
  const runId = await newRun(store, "r");
  for (let from = 0; from < 20_000; from += 1000)
    await store.logBatch(runId, { metrics: Array.from({ length: 1000 }, (_, i) => metric(from + i)) });
  await store.close();
  return database;
}

/** Writes to a database as a user who has no rights in the folder: for root, permissions are no obstacle. */
function asSomebody(database: string) {
  const nobody = process.getuid?.() === 0 ? { uid: 65_534, gid: 65_534 } : {};
  return spawnSync(process.execPath, ["--import", sourceHooks, killedWriter, database, "0"], {
    encoding: "utf8",
    ...nobody,
  });
}

describe("opening a database", () => {
  it("makes one where there is none, folder and all", () => {
    const database = path.join(tempFolder(), "a b", "ü", "cairn.db");
    const db = openDatabase(database);
    onTestFinished(() => void db.close());
    expect(describeDatabase(db, database)).toMatchObject({
      path: database,
      schemaVersion: SCHEMA_VERSION,
      journal: "wal",
      synchronous: "NORMAL",
    });
    expect(db.pragma("foreign_keys", { simple: true })).toBe(1);
  });

  it("takes the settings for a power cut and for network file systems", () => {
    const full = openDatabase(path.join(tempFolder(), "cairn.db"), { synchronous: "FULL" });
    onTestFinished(() => void full.close());
    expect(describeDatabase(full, "x")).toMatchObject({ journal: "wal", synchronous: "FULL" });
    const shared = openDatabase(path.join(tempFolder(), "cairn.db"), { journal: "DELETE" });
    onTestFinished(() => void shared.close());
    expect(describeDatabase(shared, "x")).toMatchObject({ journal: "delete", synchronous: "FULL" });
  });

  it("says which Node it needs instead of crashing", () => {
    expect(errorOf(() => assertNodeApi("9"))).toMatchObject({
      code: "unavailable",
      message: expect.stringContaining("needs Node 22.15 or newer") as string,
    });
  });

  it("refuses one of a newer version and leaves every byte of it", async () => {
    const database = await filled();
    const raw = new Database(database);
    raw.pragma(`user_version = ${SCHEMA_VERSION + 1}`);
    raw.pragma("journal_mode = DELETE");
    raw.close();
    const before = readFileSync(database);
    for (const readonly of [false, true]) {
      const error = errorOf(() => openDatabase(database, { readonly }));
      expect(error.code).toBe("tooNew");
      expect(error.message).toContain(`schema ${SCHEMA_VERSION + 1}; this one knows ${SCHEMA_VERSION}`);
      expect(error.hint).toContain("Update Cairn");
      expect(readFileSync(database).equals(before)).toBe(true);
      expect(readdirSync(path.dirname(database))).toEqual(["cairn.db"]);
    }
  });

  it("refuses what is no database, half a database or another program's, and leaves it", async () => {
    const whole = await filled();
    const cut = path.join(tempFolder(), "cairn.db");
    writeFileSync(cut, readFileSync(whole).subarray(0, 5000));
    const text = path.join(tempFolder(), "cairn.db");
    writeFileSync(text, "not a database, but long enough to be looked at as if it were one\n".repeat(100));
    const foreign = path.join(tempFolder(), "cairn.db");
    const other = new Database(foreign);
    other.exec("CREATE TABLE metrics (x)");
    other.close();
    for (const database of [cut, text, foreign]) {
      const before = readFileSync(database);
      const error = errorOf(() => openDatabase(database));
      expect(error.code).toBe("corrupt");
      expect(error.message).toContain(database);
      expect(error.hint).toBeDefined();
      expect(readFileSync(database).equals(before)).toBe(true);
    }
    const kept = setAside({ database: text });
    expect(existsSync(text)).toBe(false);
    expect(readFileSync(kept, "utf8")).toContain("not a database");
    openDatabase(text).close();
  });

  it("finds damage in the middle, and says so wherever it is met", async () => {
    const database = await filled();
    const handle = openSync(database, "r+");
    const size = statSync(database).size;
    for (let at = 12 * 4096; at < size; at += 4096) writeSync(handle, Buffer.alloc(64, 0xa5), 0, 64, at);
    closeSync(handle);
    const before = readFileSync(database);
    expect((await checkDatabase({ database })).problems.length).toBeGreaterThan(0);
    const store = await tempStore({ database }).catch((error: unknown) => {
      expect(error).toMatchObject({ code: "corrupt" });
      return undefined;
    });
    if (store) await expect(store.getMetricHistory("r", "m")).rejects.toMatchObject({ code: "corrupt" });
    await store?.close();
    expect(readFileSync(database).equals(before)).toBe(true);
  });

  it("reads one that cannot be written, and writes nothing beside it", async () => {
    const database = await filled();
    const folder = path.dirname(database);
    chmodSync(folder, 0o555);
    chmodSync(database, 0o444);
    onTestFinished(() => {
      chmodSync(folder, 0o755);
    });
    const store = await tempStore({ database, readonly: true });
    expect((await store.getRun("r")).data.metrics).toEqual([metric(19_999)]);
    for (const target of [database, path.join(folder, "new.db")]) {
      const { status, stderr } = asSomebody(target);
      expect(status).toBe(1);
      expect(stderr).toMatch(/CairnError: The database .* cannot be (written|opened)/);
      expect(stderr).toContain("code: 'refused'");
    }
    expect(errorOf(() => openDatabase(`${database}x`, { readonly: true })).code).toBe("notFound");
  });
});

describe("migrations", () => {
  it("bring a database of every earlier version up to date, step by step", () => {
    for (let from = 0; from <= SCHEMA_VERSION; from++) {
      const database = path.join(tempFolder(), "cairn.db");
      const db = new Database(database);
      onTestFinished(() => void db.close());
      migrate(db, database, { migrations: migrations.slice(0, from) });
      expect(db.pragma("user_version", { simple: true })).toBe(from);
      migrate(db, database);
      expect(db.pragma("user_version", { simple: true })).toBe(SCHEMA_VERSION);
      expect(db.pragma("quick_check", { simple: true })).toBe("ok");
    }
  });

  it("leave the version before when one fails half-way", () => {
    const db = new Database(path.join(tempFolder(), "cairn.db"));
    onTestFinished(() => void db.close());
    const good = { up: (target: Database.Database) => void target.exec("CREATE TABLE a (x)") };
    const bad = {
      up: (target: Database.Database) => void target.exec("CREATE TABLE b (x); CREATE TABLE b (x)"),
    };
    expect(() => {
      migrate(db, "x", { migrations: [good, bad] });
    }).toThrow("already exists");
    expect(db.pragma("user_version", { simple: true })).toBe(1);
    expect(db.prepare("SELECT name FROM sqlite_schema").pluck().all()).toEqual(["a"]);
    migrate(db, "x", { migrations: [good, good].map((each, i) => (i ? { up: () => undefined } : each)) });
    expect(db.pragma("user_version", { simple: true })).toBe(2);
  });

  it("are not for a reader", async () => {
    const database = await filled();
    const raw = new Database(database);
    raw.pragma("user_version = 0");
    raw.close();
    expect(errorOf(() => openDatabase(database, { readonly: true }))).toMatchObject({ code: "refused" });
  });
});

describe("a full disk", () => {
  it("fails the write that did not fit, whole, and nothing else", async () => {
    const database = path.join(tempFolder(), "cairn.db");
    const store = await tempStore({ database });
    const runId = await newRun(store);
    const { database: db } = Reflect.get(store, "session") as { database: Database.Database };
    const pages = Number(db.pragma("page_count", { simple: true }));
    db.pragma(`max_page_count = ${pages + 20}`);
    let written = 0;
    const fill = async () => {
      for (;;) {
        await store.logBatch(runId, { metrics: Array.from({ length: 500 }, (_, i) => metric(written + i)) });
        written += 500;
      }
    };
    await expect(fill()).rejects.toMatchObject({ code: "full", hint: expect.any(String) as string });
    expect(written).toBeGreaterThan(0);
    const state = async () => ({
      points: (await store.getMetricHistory(runId, "m")).items.length,
      latest: (await store.getRun(runId)).data.metrics,
      found: (await store.searchRuns({ experimentIds: ["0"], filter: `metrics.m = ${written - 1}` })).items
        .length,
      drawn: (await store.getMetricSeries({ runIds: [runId], maxPoints: 10 }))[0]?.count,
    });
    const whole = () => ({ points: written, latest: [metric(written - 1)], found: 1, drawn: written });
    expect(await state()).toEqual(whole());
    await expect(
      store.logBatch(runId, {
        params: [{ key: "big", value: "x".repeat(6000) }],
        metrics: Array.from({ length: 999 }, (_, i) => metric(written + i)),
      }),
    ).rejects.toMatchObject({ code: "full" });
    db.pragma("max_page_count = 1000000");
    await store.logBatch(runId, { metrics: Array.from({ length: 500 }, (_, i) => metric(written + i)) });
    written += 500;
    expect(await state()).toEqual(whole());
    await store.close();
    expect(await checkDatabase({ database })).toEqual({ problems: [] });
  });
});

describe("a backup", () => {
  it("of a database in use is whole, and never overwrites", async () => {
    const database = await filled();
    const store = await tempStore({ database });
    const target = path.join(tempFolder(), "backup.db");
    const parts: number[] = [];
    await backupDatabase({ database }, target, { onProgress: (part) => parts.push(part) });
    expect(parts.at(-1)).toBe(1);
    await store.logBatch("r", { metrics: [metric(50_000)] });
    const copy = await tempStore({ database: target });
    expect((await copy.getRun("r")).data.metrics).toEqual([metric(19_999)]);
    await copy.close();
    expect(await checkDatabase({ database: target })).toEqual({ problems: [] });
    await expect(backupDatabase({ database }, target)).rejects.toMatchObject({ code: "exists" });
  });

  it("that is cancelled, or fails, leaves nothing", async () => {
    const database = await filled();
    const folder = tempFolder();
    const target = path.join(folder, "backup.db");
    const cancelled = backupDatabase({ database }, target, { signal: AbortSignal.abort() });
    await expect(cancelled).rejects.toMatchObject({ code: "cancelled" });
    const handle = path.join(tempFolder(), "cairn.db");
    copyFileSync(database, handle);
    writeFileSync(handle, readFileSync(handle).fill(0x5a, 0, 100));
    await expect(backupDatabase({ database: handle }, target)).rejects.toMatchObject({ code: "corrupt" });
    expect(readdirSync(folder)).toEqual([]);
    const checked = checkDatabase({ database }, { signal: AbortSignal.abort() });
    await expect(checked).rejects.toMatchObject({ code: "cancelled" });
  });
});
