import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { CairnError } from "../../../src/shared/errors.ts";
import type { Run } from "../../../src/shared/tracking.ts";
import type { SqliteTrackingStore } from "../../../src/core/tracking/index.ts";
import { RunTexts } from "../../../src/core/tracking/runTexts.ts";
import { newRun, tempFolder, tempStore } from "./tempStore.ts";

const write = (run: Run): string => JSON.stringify(run);

async function textsOf(store: SqliteTrackingStore, experimentIds: string[]): Promise<unknown> {
  const { items } = await store.searchRunTexts({ experimentIds, viewType: "ALL" }, write);
  return items.map((text) => JSON.parse(Buffer.from(text).toString()) as unknown);
}

async function runsOf(store: SqliteTrackingStore, experimentIds: string[]): Promise<unknown> {
  const { items } = await store.searchRuns({ experimentIds, viewType: "ALL" });
  return JSON.parse(JSON.stringify(items)) as unknown;
}

/** Every way in which a run, or what is found of it, can change. */
interface Place {
  store: SqliteTrackingStore;
  run: string;
  other: string;
  experiment: string;
  value: string;
  time: number;
}

const dataset = { name: "d", digest: "1", sourceType: "local", source: "x" };

const writes: Record<string, (place: Place) => Promise<unknown>> = {
  create: ({ store, experiment, value }) => store.createRun({ experimentId: experiment, runName: value }),
  metric: ({ store, run, time }) =>
    store.logBatch(run, {
      metrics: [{ key: "m", value: time === 3 ? NaN : time, step: time, timestamp: time }],
    }),
  params: ({ store, run, value }) =>
    store.logBatch(run, { params: [{ key: `p${value}`, value: `é${value}` }] }),
  tags: ({ store, run, value }) => store.logBatch(run, { tags: [{ key: "t", value }] }),
  nameTag: ({ store, run, value }) => store.logBatch(run, { tags: [{ key: "mlflow.runName", value }] }),
  dropTag: ({ store, run }) => store.deleteTag(run, "t"),
  end: ({ store, run, time }) => store.updateRun(run, { status: "FINISHED", endTime: time }),
  rename: ({ store, run, value }) => store.updateRun(run, { runName: value }),
  move: ({ store, run, experiment }) => store.updateRun(run, { experimentId: experiment }),
  inputs: ({ store, run, value }) =>
    store.logInputs(run, [{ dataset, tags: [{ key: "context", value }] }], [{ modelId: `m-${value}` }]),
  outputs: ({ store, run, value, time }) => store.logOutputs(run, [{ modelId: `m-${value}`, step: time }]),
  model: ({ store, run, experiment }) =>
    store.createLoggedModel({ experimentId: experiment, sourceRunId: run }),
  delete: ({ store, run }) => store.deleteRun(run),
  restore: ({ store, run }) => store.restoreRun(run),
  deleteExperiment: ({ store, other }) => store.deleteExperiment(other),
  restoreExperiment: ({ store, other }) => store.restoreExperiment(other),
  renameExperiment: ({ store, other, value }) => store.renameExperiment(other, `${value} ${other}`),
  purge: ({ store }) => store.purgeDeleted(Date.now() + 1000, []),
};

const plan = fc.array(
  fc.record({
    kind: fc.constantFrom(...Object.keys(writes)),
    run: fc.nat(2),
    experiment: fc.nat(1),
    value: fc.constantFrom("a", "b", "c"),
    time: fc.nat(4),
  }),
  { minLength: 5, maxLength: 30 },
);

describe("texts of runs", () => {
  it("are those of the runs as they are, whatever was written before, here and in a process that reads", async () => {
    await fc.assert(
      fc.asyncProperty(plan, async (steps) => {
        const database = `${tempFolder()}/cairn.db`;
        const store = await tempStore({ database });
        const other = await store.createExperiment({ name: "other" });
        const experiments = ["0", other.experimentId];
        const runs = [await newRun(store), await newRun(store)];
        runs.push((await store.createRun({ experimentId: other.experimentId })).info.runId);
        const reader = await tempStore({ database, readonly: true });
        for (const { kind, run, experiment, value, time } of steps) {
          const place = {
            ...{ store, value, time },
            ...{ run: runs[run] ?? "", other: other.experimentId, experiment: experiments[experiment] ?? "" },
          };
          try {
            await writes[kind]?.(place);
          } catch (error) {
            if (!(error instanceof CairnError)) throw error;
          }
          const expected = await runsOf(store, experiments);
          expect(await textsOf(store, experiments)).toEqual(expected);
          expect(await textsOf(reader, experiments)).toEqual(expected);
        }
      }),
      { numRuns: 30 },
    );
  });

  it("keep their order and their pages", async () => {
    const store = await tempStore();
    for (let i = 0; i < 5; i++)
      await store.createRun({ experimentId: "0", startTime: i, runName: `run ${i}` });
    const search = { experimentIds: ["0"], maxResults: 2, orderBy: ["attributes.start_time ASC"] };
    const names = async (pageToken?: string) => {
      const page = await store.searchRunTexts({ ...search, ...(pageToken ? { pageToken } : {}) }, write);
      const found = page.items.map((text) => (JSON.parse(Buffer.from(text).toString()) as Run).info.runName);
      return { found, next: page.nextPageToken };
    };
    const first = await names();
    expect(first.found).toEqual(["run 0", "run 1"]);
    // Of the second page one is known, from a search of its own.
    await store.searchRunTexts({ experimentIds: ["0"], filter: "attributes.run_name = 'run 3'" }, write);
    expect((await names(first.next)).found).toEqual(["run 2", "run 3"]);
    expect((await names()).found).toEqual(["run 0", "run 1"]);
  });

  it("follow the function that writes them", async () => {
    const store = await tempStore();
    const runId = await newRun(store);
    const asked = async (how: (run: Run) => string) =>
      Buffer.from((await store.searchRunTexts({ experimentIds: ["0"] }, how)).items[0] ?? "").toString();
    const id = (run: Run) => run.info.runId;
    expect(await asked(id)).toBe(runId);
    expect(await asked(write)).toContain("RUNNING");
    expect(await asked(id)).toBe(runId);
  });

  it("stay within their bytes, and outlast a walk through more than fit", async () => {
    const store = await tempStore();
    const texts = new RunTexts(store.session, 5000);
    const run = await store.createRun({ experimentId: "0" });
    const hundredBytes = () => "x".repeat(100);
    const ids = Array.from({ length: 100 }, (_, i) => `run ${i}`);
    const walk = () => {
      let known = 0;
      for (const runId of ids) {
        if (texts.find(runId, hundredBytes)) known++;
        else texts.make({ ...run, info: { ...run.info, runId } }, hundredBytes);
        expect(texts.bytes).toBeLessThanOrEqual(5000);
      }
      return known;
    };
    expect(walk()).toBe(0);
    expect(walk()).toBeGreaterThan(25);
    texts.reset();
    expect(texts.bytes).toBe(0);
  });
});
