import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Run } from "../../../src/shared/tracking.ts";
import type { SqliteTrackingStore } from "../../../src/core/tracking/index.ts";
import { newRun, tempFolder, tempStore } from "./tempStore.ts";

const METRICS = ["loss", "acc", "val loss"];
const TEXTS = ["lr", "note"];
const VALUES = [0, 1, -1, 0.5, 2, NaN, Infinity, -Infinity];
const WORDS = ["a", "b", "ab", "Ab", "", "%"];

interface Plan {
  metrics: Record<string, number>;
  params: Record<string, string>;
  tags: Record<string, string>;
  startTime: number;
  endTime: number | undefined;
}

const plan: fc.Arbitrary<Plan> = fc.record({
  metrics: fc.dictionary(fc.constantFrom(...METRICS), fc.constantFrom(...VALUES)),
  params: fc.dictionary(fc.constantFrom(...TEXTS), fc.constantFrom(...WORDS)),
  tags: fc.dictionary(fc.constantFrom(...TEXTS), fc.constantFrom(...WORDS)),
  startTime: fc.integer({ min: 0, max: 3 }),
  endTime: fc.option(fc.integer({ min: 0, max: 3 }), { nil: undefined }),
});

const comparisons = { "=": 0, "!=": 1, "<": 2, "<=": 3, ">": 4, ">=": 5 } as const;

/** A clause in the grammar, and what it means, said in the plainest way. */
interface Meant {
  source: string;
  holds: (run: Run) => boolean;
}

function compare(comparator: keyof typeof comparisons, a: number, b: number): boolean {
  if (Number.isNaN(a)) return comparator === "!=";
  return { "=": a === b, "!=": a !== b, "<": a < b, "<=": a <= b, ">": a > b, ">=": a >= b }[comparator];
}

const comparator = fc.constantFrom(...(Object.keys(comparisons) as (keyof typeof comparisons)[]));
const meant: fc.Arbitrary<Meant> = fc.oneof(
  fc
    .tuple(fc.constantFrom(...METRICS), comparator, fc.constantFrom(0, 1, -1, 0.5))
    .map(([key, op, value]): Meant => ({
      source: `metrics.\`${key}\` ${op} ${value}`,
      holds: ({ data }) =>
        data.metrics.some((metric) => metric.key === key && compare(op, metric.value, value)),
    })),
  fc
    .tuple(
      fc.constantFrom("params" as const, "tags" as const),
      fc.constantFrom(...TEXTS),
      fc.constantFrom("=", "!=", "LIKE", "ILIKE"),
      fc.constantFrom("a", "b", "ab", "", "a%", "_b"),
    )
    .map(([kind, key, op, value]): Meant => {
      const pattern = new RegExp(
        `^${value.replaceAll("%", ".*").replaceAll("_", ".")}$`,
        op === "ILIKE" ? "is" : "s",
      );
      const test = (text: string) =>
        op === "=" ? text === value : op === "!=" ? text !== value : pattern.test(text);
      return {
        source: `${kind}.${key} ${op} '${value}'`,
        holds: ({ data }) => data[kind].some((item) => item.key === key && test(item.value)),
      };
    }),
  fc
    .tuple(fc.constantFrom("params" as const, "tags" as const), fc.constantFrom(...TEXTS), fc.boolean())
    .map(([kind, key, isNull]): Meant => ({
      source: `${kind}.${key} IS ${isNull ? "" : "NOT "}NULL`,
      holds: ({ data }) => data[kind].some((item) => item.key === key) !== isNull,
    })),
  fc
    .tuple(
      fc.constantFrom("startTime" as const, "endTime" as const),
      comparator,
      fc.integer({ min: 0, max: 3 }),
    )
    .map(([key, op, value]): Meant => ({
      source: `${key === "startTime" ? "start_time" : "attributes.end_time"} ${op} ${value}`,
      holds: ({ info }) => info[key] !== null && compare(op, info[key], value),
    })),
);

/** Orders by a metric as MLflow does: numbers, then NaN, then none; ties by start, newest first, then by id. */
function byMetric(key: string, ascending: boolean): (a: Run, b: Run) => number {
  const value = ({ data }: Run) => data.metrics.find((metric) => metric.key === key)?.value;
  const rank = (run: Run) => (value(run) === undefined ? 2 : Number.isNaN(value(run)) ? 1 : 0);
  return (a, b) => {
    if (rank(a) !== rank(b)) return rank(a) - rank(b);
    const [left, right] = [value(a) ?? 0, value(b) ?? 0];
    if (rank(a) === 0 && left !== right) return left < right === ascending ? -1 : 1;
    if (a.info.startTime !== b.info.startTime) return b.info.startTime - a.info.startTime;
    return a.info.runId < b.info.runId ? -1 : 1;
  };
}

async function write(
  store: SqliteTrackingStore,
  { metrics, params, tags, startTime, endTime }: Plan,
): Promise<Run> {
  const { info } = await store.createRun({ experimentId: "0", startTime });
  const pairs = (record: Record<string, string>) =>
    Object.entries(record).map(([key, value]) => ({ key, value }));
  await store.logBatch(info.runId, {
    metrics: Object.entries(metrics).map(([key, value]) => ({ key, value, step: 0, timestamp: 1 })),
    params: pairs(params),
    tags: pairs(tags),
  });
  if (endTime !== undefined) await store.updateRun(info.runId, { endTime });
  return store.getRun(info.runId);
}

const ids = (runs: readonly Run[]) => runs.map(({ info }) => info.runId);

describe("searching runs", () => {
  it("finds, in order, what a look at every run finds", async () => {
    const property = fc.asyncProperty(
      fc.array(plan, { minLength: 1, maxLength: 25 }),
      fc.array(fc.tuple(fc.array(meant, { maxLength: 3 }), fc.constantFrom(...METRICS), fc.boolean()), {
        minLength: 8,
        maxLength: 8,
      }),
      fc.boolean(),
      async (plans, queries, early) => {
        const store = await tempStore();
        const runs: Run[] = [];
        for (const each of plans) {
          runs.push(await write(store, each));
          // Columns that are in memory must follow what is written after.
          if (early)
            await store.searchRuns({ experimentIds: ["0"], filter: "metrics.loss > 0 AND tags.lr = 'a'" });
        }
        for (const [clauses, key, ascending] of queries) {
          const filter = clauses.map(({ source }) => source).join(" AND ");
          const search = {
            experimentIds: ["0"],
            filter,
            orderBy: [`metrics.\`${key}\` ${ascending ? "ASC" : "DESC"}`],
          };
          const expected = runs
            .filter((run) => clauses.every(({ holds }) => holds(run)))
            .sort(byMetric(key, ascending));
          const found = await store.searchRuns(search);
          expect(found.items).toEqual(expected);
          const paged: Run[] = [];
          let pageToken: string | undefined;
          do {
            const page = await store.searchRuns({ ...search, maxResults: 2, pageToken });
            paged.push(...page.items);
            pageToken = page.nextPageToken;
          } while (pageToken !== undefined);
          expect(ids(paged)).toEqual(ids(expected));
          expect((await store.listRunRows(search)).rows.map(({ runId }) => runId)).toEqual(ids(expected));
        }
        await store.close();
      },
    );
    await fc.assert(property, { numRuns: 15 });
  });

  it("gives the newest first, and deleted ones only when asked", async () => {
    const store = await tempStore();
    const made: string[] = [];
    for (const startTime of [5, 7, 6])
      made.push((await store.createRun({ experimentId: "0", startTime })).info.runId);
    const [first = "", second = "", third = ""] = made;
    await store.deleteRun(second);
    const search = async (viewType: "ACTIVE_ONLY" | "DELETED_ONLY" | "ALL") =>
      ids((await store.searchRuns({ experimentIds: ["0"], viewType })).items);
    expect(await search("ACTIVE_ONLY")).toEqual([third, first]);
    expect(await search("DELETED_ONLY")).toEqual([second]);
    expect(await search("ALL")).toEqual([second, third, first]);
    expect((await store.searchRuns({ experimentIds: ["12"] })).items).toEqual([]);
  });

  it("lists rows over the columns in use, with what JSON cannot hold as text", async () => {
    const store = await tempStore();
    const bare = await newRun(store);
    const full = await newRun(store);
    await store.logBatch(full, {
      metrics: [
        { key: "b", value: NaN, step: 0, timestamp: 1 },
        { key: "a", value: 1.5, step: 0, timestamp: 1 },
      ],
      params: [{ key: "p", value: "x" }],
      tags: [
        { key: "mlflow.source.name", value: "train.py" },
        { key: "mlflow.note.content", value: "why" },
        { key: "mlflow.parentRunId", value: bare },
        { key: "cairn.star", value: "true" },
        { key: "team", value: "vision" },
        { key: "history", value: "x".repeat(5000) },
      ],
    });
    const table = await store.listRunRows({ experimentIds: ["0"], orderBy: ["metrics.a"] });
    expect(table).toMatchObject({ metricKeys: ["a", "b"], paramKeys: ["p"], truncated: false });
    expect(table.tagKeys).toEqual(["history", "team"]);
    expect(table.rows[0]?.tags).toEqual([`${"x".repeat(249)}…`, "vision"]);
    expect(table.rows).toMatchObject([
      {
        runId: full,
        metrics: [1.5, "NaN"],
        params: ["x"],
        source: "train.py",
        note: "why",
        parentRunId: bare,
        starred: true,
      },
      { runId: bare, metrics: [null, null], params: [null], tags: [null, null], source: "", starred: false },
    ]);
  });

  it("lists thousands of runs of which one has thousands of names", async () => {
    const RUNS = 1200;
    const NAMES = 4000;
    const database = `${tempFolder()}/cairn.db`;
    const store = await tempStore({ database });
    const metric = (key: string, value: number) => ({ key, value, step: 0, timestamp: 1 });
    for (let i = 0; i < RUNS; i++) {
      const runId = await newRun(store, `run${i}`);
      await store.logBatch(runId, { metrics: [metric("loss", i), metric("z", i + 0.5)] });
    }
    // All columns are in memory when the large run comes.
    expect((await store.listRunRows({ experimentIds: ["0"] })).metricKeys).toEqual(["loss", "z"]);
    const large = await newRun(store, "large");
    const names = Array.from({ length: NAMES }, (_, i) => metric(`m${i}`, i));
    for (let i = 0; i < NAMES; i += 1000) await store.logBatch(large, { metrics: names.slice(i, i + 1000) });
    const fresh = await tempStore({ database, readonly: true });
    for (const each of [store, fresh]) {
      const { metricKeys, rows } = await each.listRunRows({ experimentIds: ["0"], maxResults: 2000 });
      expect(metricKeys.slice(0, 2)).toEqual(["loss", "z"]);
      expect(metricKeys).toHaveLength(NAMES + 2);
      expect(rows.flatMap(({ metrics }) => metrics).length).toBe(2 * RUNS + NAMES + 2);
      for (const { runId, metrics } of rows) {
        const found = metrics.flatMap((value, i) => (value === null ? [] : [[metricKeys[i] ?? "", value]]));
        const number = Number(runId.slice(3));
        if (runId !== "large")
          expect(found).toEqual([["loss", number], ["z", number + 0.5]]); // prettier-ignore
        else
          expect(new Map(found as [string, number][])).toEqual(
            new Map(names.map(({ key, value }) => [key, value])),
          );
      }
    }
  });

  it("keeps the columns of tags up to date, whichever were asked for first", async () => {
    const store = await tempStore();
    const [first, second] = [await newRun(store), await newRun(store)];
    await store.logBatch(first, { tags: [{ key: "mlflow.custom", value: "a" }] });
    const list = async () => {
      const { tagKeys, rows } = await store.listRunRows({ experimentIds: ["0"] });
      return { tagKeys, tags: rows.map(({ runId, tags }) => [runId, ...tags]) };
    };
    expect((await list()).tagKeys).toEqual([]);
    await store.logBatch(second, {
      tags: [
        { key: "team", value: "x" },
        { key: "mlflow.custom", value: "b" },
      ],
    });
    expect(await list()).toEqual({
      tagKeys: ["team"],
      tags: expect.arrayContaining([
        [first, null],
        [second, "x"],
      ]) as unknown,
    });
    const found = await store.searchRuns({ experimentIds: ["0"], filter: "tags.`mlflow.custom` = 'a'" });
    expect(ids(found.items)).toEqual([first]);
    await store.deleteTag(second, "team");
    expect((await list()).tagKeys).toEqual([]);
  });

  it("refuses broken page tokens and sizes", async () => {
    const store = await tempStore();
    const search = (more: object) => store.searchRuns({ experimentIds: ["0"], ...more });
    for (const pageToken of ["x", "e30=", "bnVsbA==", Buffer.from('{"offset":-1}').toString("base64")])
      await expect(search({ pageToken })).rejects.toMatchObject({ code: "invalid" });
    await expect(search({ maxResults: 0 })).rejects.toThrow("It must be a positive integer");
    await expect(search({ maxResults: 50_001 })).rejects.toThrow("It must be at most 50000");
    await expect(search({ orderBy: ["dataset.name"] })).rejects.toMatchObject({ code: "invalid" });
    await expect(store.searchRuns({ experimentIds: ["x"] })).rejects.toThrow("must be a valid integer");
  });

  it("sees what another process has written, when it only reads", async () => {
    const database = `${tempFolder()}/cairn.db`;
    const writer = await tempStore({ database });
    const runId = await newRun(writer);
    const reader = await tempStore({ database, readonly: true });
    const find = async () =>
      ids((await reader.searchRuns({ experimentIds: ["0"], filter: "metrics.m > 1" })).items);
    expect(await find()).toEqual([]);
    await writer.logBatch(runId, { metrics: [{ key: "m", value: 2, step: 0, timestamp: 1 }] });
    expect(await find()).toEqual([runId]);
    await expect(reader.deleteRun(runId)).rejects.toMatchObject({ code: "refused" });
    await expect(reader.createExperiment({ name: "x" })).rejects.toMatchObject({ code: "refused" });
  });
});
