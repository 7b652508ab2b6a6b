import { describe, expect, it } from "vitest";
import type { StoreChange } from "../../../src/core/tracking/index.ts";
import { newRun, tempFolder, tempStore } from "./tempStore.ts";

const metric = (key: string, value: number, step = 0, timestamp = 1000 + step) => ({
  key,
  value,
  step,
  timestamp,
});

describe("a run", () => {
  it("gets a name like MLflow's, a tag for it, and a place for artifacts", async () => {
    const store = await tempStore();
    const { info, data } = await store.createRun({ experimentId: "0", startTime: 5, userId: "ada" });
    expect(info).toMatchObject({
      experimentId: "0",
      userId: "ada",
      status: "RUNNING",
      startTime: 5,
      endTime: null,
      lifecycleStage: "active",
      artifactUri: `mlflow-artifacts:/0/${info.runId}/artifacts`,
    });
    expect(info.runId).toMatch(/^[0-9a-f]{32}$/);
    expect(info.runName).toMatch(/^[a-z]+-[a-z]+-\d+$/);
    expect(data.tags).toEqual([{ key: "mlflow.runName", value: info.runName }]);
  });

  it("takes its name from the tag, and refuses two names", async () => {
    const store = await tempStore();
    const tags = [{ key: "mlflow.runName", value: "one" }];
    expect((await store.createRun({ experimentId: "0", tags })).info.runName).toBe("one");
    await expect(store.createRun({ experimentId: "0", tags, runName: "two" })).rejects.toMatchObject({
      code: "invalid",
      message: expect.stringContaining("run_name='two', mlflow.runName='one'") as string,
    });
  });

  it("is renamed by its tag, and its tag by its name", async () => {
    const store = await tempStore();
    const runId = await newRun(store);
    await store.logBatch(runId, { tags: [{ key: "mlflow.runName", value: "second" }] });
    expect((await store.getRun(runId)).info.runName).toBe("second");
    expect((await store.updateRun(runId, { runName: "third" })).runName).toBe("third");
    expect((await store.getRun(runId)).data.tags).toEqual([{ key: "mlflow.runName", value: "third" }]);
  });

  it("keeps what is logged across a restart", async () => {
    const database = `${tempFolder()}/cairn.db`;
    const first = await tempStore({ database });
    const runId = await newRun(first);
    await first.logBatch(runId, {
      metrics: [
        metric("loss", 0.5, 1),
        metric("loss", NaN, 2),
        metric("top", Infinity),
        metric("low", -Infinity),
      ],
      params: [{ key: "lr", value: "0.1" }],
      tags: [{ key: "team", value: "a" }],
    });
    await first.updateRun(runId, { status: "FINISHED", endTime: 99 });
    const before = await first.getRun(runId);
    await first.close();
    const second = await tempStore({ database });
    const run = await second.getRun(runId);
    expect(run).toEqual(before);
    expect(run.info).toMatchObject({ status: "FINISHED", endTime: 99 });
    expect(run.data.metrics).toEqual([
      metric("loss", NaN, 2),
      metric("low", -Infinity),
      metric("top", Infinity),
    ]);
    expect(run.data.params).toEqual([{ key: "lr", value: "0.1" }]);
    const history = await second.getMetricHistory(runId, "loss");
    expect(history.items).toEqual([metric("loss", 0.5, 1), metric("loss", NaN, 2)]);
  });

  it("does not let a parameter change, and then writes nothing of the batch", async () => {
    const store = await tempStore();
    const runId = await newRun(store);
    const lr = (value: string) => ({ params: [{ key: "lr", value }] });
    await store.logBatch(runId, lr("1"));
    await store.logBatch(runId, lr("1"));
    await expect(store.logBatch(runId, lr("2"))).rejects.toThrow(
      "Changing param values is not allowed. Param with key='lr' was already logged with value='1' for run ID=" +
        `'${runId}'. Attempted logging new value '2'.`,
    );
    await expect(
      store.logBatch(runId, { ...lr("2"), metrics: [metric("m", 1)], tags: [{ key: "t", value: "x" }] }),
    ).rejects.toThrow("Params were already logged='[{'key': 'lr', 'old_value': '1', 'new_value': '2'}]'");
    const { data } = await store.getRun(runId);
    expect(data.metrics).toEqual([]);
    expect(data.tags.map(({ key }) => key)).toEqual(["mlflow.runName"]);
    expect((await store.getMetricHistory(runId, "m")).items).toEqual([]);
    await store.logBatch(runId, { metrics: [metric("m", 2)] });
    expect((await store.getRun(runId)).data.metrics).toEqual([metric("m", 2)]);
  });

  it("cannot be written to once it is deleted, and can again once it is restored", async () => {
    const store = await tempStore();
    const runId = await newRun(store);
    await store.deleteRun(runId);
    const refused = {
      code: "invalid",
      message: expect.stringContaining("must be in the 'active' state") as string,
    };
    await expect(store.logBatch(runId, { metrics: [metric("m", 1)] })).rejects.toMatchObject(refused);
    await expect(store.updateRun(runId, { status: "FAILED" })).rejects.toMatchObject(refused);
    await expect(store.deleteTag(runId, "mlflow.runName")).rejects.toMatchObject(refused);
    expect((await store.getRun(runId)).info.lifecycleStage).toBe("deleted");
    await store.restoreRun(runId);
    await store.logBatch(runId, { metrics: [metric("m", 1)] });
  });

  it("is told of after each change, and not after one that failed", async () => {
    const store = await tempStore();
    const runId = await newRun(store);
    const heard: StoreChange[] = [];
    const stop = store.onChange((change) => heard.push(change));
    const metrics = [metric("m", 1)];
    await store.logBatch(runId, { metrics });
    await expect(store.logBatch(runId, { metrics: [metric("/bad", 1)] })).rejects.toThrow();
    await store.deleteRun(runId);
    stop();
    await store.restoreRun(runId);
    expect(heard).toEqual([
      { kind: "metrics", runId, experimentId: "0", metrics },
      { kind: "run", runId, experimentId: "0" },
    ]);
  });

  it("holds its datasets, their tags and its models", async () => {
    const store = await tempStore();
    const runId = await newRun(store);
    const dataset = { name: "d", digest: "abc", sourceType: "local", source: "{}", schema: "s" };
    const input = { dataset, tags: [{ key: "mlflow.data.context", value: "train" }] };
    await store.logInputs(runId, [input, { dataset, tags: [] }], [{ modelId: "m-1" }]);
    await store.logInputs(runId, [input]);
    await store.logOutputs(runId, [{ modelId: "m-2", step: 3 }]);
    const run = await store.getRun(runId);
    expect(run.inputs).toEqual({ datasetInputs: [input], modelInputs: [{ modelId: "m-1" }] });
    expect(run.outputs.modelOutputs).toEqual([{ modelId: "m-2", step: 3 }]);
    const found = await store.searchRuns({ experimentIds: ["0"], filter: "dataset.context = 'train'" });
    expect(found.items.map(({ info }) => info.runId)).toEqual([runId]);
  });
});
