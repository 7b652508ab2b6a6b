import { describe, expect, it } from "vitest";
import { newRun, tempStore } from "./tempStore.ts";

describe("experiments", () => {
  it("begin with the default one", async () => {
    const store = await tempStore();
    const [only, ...others] = (await store.searchExperiments({})).items;
    expect(others).toEqual([]);
    expect(only).toMatchObject({
      experimentId: "0",
      name: "Default",
      lifecycleStage: "active",
      artifactLocation: "mlflow-artifacts:/0",
    });
  });

  it("keep their names to themselves, also when deleted", async () => {
    const store = await tempStore();
    const { experimentId } = await store.createExperiment({ name: "a", tags: [{ key: "k", value: "v" }] });
    await expect(store.createExperiment({ name: "a" })).rejects.toMatchObject({
      code: "exists",
      message: "Experiment(name=a) already exists.",
    });
    await store.deleteExperiment(experimentId);
    await expect(store.createExperiment({ name: "a" })).rejects.toMatchObject({ code: "exists" });
    await expect(store.renameExperiment("0", "a")).rejects.toMatchObject({ code: "exists" });
    expect(await store.getExperimentByName("a")).toMatchObject({
      experimentId,
      lifecycleStage: "deleted",
      tags: [{ key: "k", value: "v" }],
    });
    expect(await store.getExperimentByName("b")).toBeUndefined();
    await expect(store.createExperiment({ name: "" })).rejects.toThrow("Invalid experiment name: ''");
    await expect(store.getExperiment("99")).rejects.toMatchObject({ code: "notFound" });
    await expect(store.getExperiment("x")).rejects.toMatchObject({ code: "invalid" });
  });

  it("take their runs with them and bring them back", async () => {
    const store = await tempStore();
    const runId = await newRun(store);
    await store.deleteExperiment("0");
    expect((await store.getRun(runId)).info.lifecycleStage).toBe("deleted");
    await expect(newRun(store)).rejects.toThrow("The experiment 0 must be in the 'active' state");
    await expect(store.setExperimentTag("0", { key: "k", value: "v" })).rejects.toMatchObject({
      code: "invalid",
    });
    await expect(store.deleteExperiment("0")).rejects.toMatchObject({ code: "notFound" });
    await expect(store.renameExperiment("0", "new")).rejects.toThrow(
      "Cannot rename a non-active experiment.",
    );
    await store.restoreExperiment("0");
    expect((await store.getRun(runId)).info.lifecycleStage).toBe("active");
    await expect(store.restoreExperiment("0")).rejects.toMatchObject({ code: "notFound" });
  });

  it("are found by name, tag, time and id", async () => {
    const store = await tempStore();
    for (const name of ["one", "two", "Three"]) await store.createExperiment({ name });
    await store.setExperimentTag("1", { key: "team", value: "x" });
    await store.setExperimentTag("1", { key: "team", value: "y" });
    const names = async (filter: string, orderBy = ["name"]) =>
      (await store.searchExperiments({ filter, orderBy })).items.map(({ name }) => name);
    expect(await names("name LIKE 't%'")).toEqual(["two"]);
    expect(await names("name ILIKE 't%'")).toEqual(["Three", "two"]);
    expect(await names("tags.team = 'y'")).toEqual(["one"]);
    expect(await names("tags.team IS NULL", ["experiment_id DESC"])).toEqual(["Three", "two", "Default"]);
    expect(await names("experiment_id IN ('02', '1')", ["experiment_id"])).toEqual(["one", "two"]);
    expect(await names("creation_time > 0 AND name != 'one'")).toEqual(["Default", "Three", "two"]);
    await expect(names("experiment_id LIKE '1'")).rejects.toThrow("Invalid comparator for experiment_id");
    const first = await store.searchExperiments({ maxResults: 3, orderBy: ["experiment_id"] });
    const second = await store.searchExperiments({
      maxResults: 3,
      orderBy: ["experiment_id"],
      pageToken: first.nextPageToken,
    });
    expect([...first.items, ...second.items].map(({ experimentId }) => experimentId)).toEqual([
      "0",
      "1",
      "2",
      "3",
    ]);
    expect(second.nextPageToken).toBeUndefined();
    await store.deleteExperimentTag("1", "team");
    await expect(store.deleteExperimentTag("1", "team")).rejects.toMatchObject({ code: "notFound" });
  });

  it("name the columns of their runs", async () => {
    const store = await tempStore();
    const runId = await newRun(store);
    await store.logBatch(runId, {
      metrics: [{ key: "m", value: 1, step: 0, timestamp: 0 }],
      params: [{ key: "p", value: "" }],
      tags: [{ key: "t", value: "" }],
    });
    const columns = { metrics: ["m"], params: ["p"], tags: ["mlflow.runName", "t"] };
    expect(await store.listColumns(["0"])).toEqual(columns);
    expect(await store.listColumns(["1"])).toEqual({ metrics: [], params: [], tags: [] });
    expect(await store.counts()).toEqual({ experiments: 1, runs: 1, activeRuns: 1, metricPoints: 1 });
    expect(await store.countRuns()).toEqual(new Map([["0", { runs: 1, active: 1 }]]));
  });
});

describe("logged models", () => {
  it("live from pending to ready, with parameters, tags and metrics", async () => {
    const store = await tempStore();
    const runId = await newRun(store);
    const made = await store.createLoggedModel({
      experimentId: "0",
      name: "net",
      modelType: "onnx",
      sourceRunId: runId,
      params: [{ key: "depth", value: "3" }],
    });
    expect(made).toMatchObject({
      status: "LOGGED_MODEL_PENDING",
      artifactUri: `mlflow-artifacts:/0/models/${made.modelId}/artifacts`,
      params: [{ key: "depth", value: "3" }],
    });
    expect(made.modelId).toMatch(/^m-[0-9a-f]{32}$/);
    await store.setLoggedModelTags(made.modelId, [{ key: "stage", value: "test" }]);
    await store.logLoggedModelParams(made.modelId, [{ key: "width", value: "64" }]);
    await expect(
      store.logLoggedModelParams(made.modelId, [{ key: "width", value: "65" }]),
    ).rejects.toMatchObject({
      code: "invalid",
    });
    const metric = { key: "acc", value: 0.9, step: 1, timestamp: 5 };
    await store.logBatch(runId, {
      metrics: [{ ...metric, modelId: made.modelId, datasetName: "d", datasetDigest: "x" }],
    });
    await store.finalizeLoggedModel(made.modelId, "LOGGED_MODEL_READY");
    const model = await store.getLoggedModel(made.modelId);
    expect(model).toMatchObject({
      status: "LOGGED_MODEL_READY",
      tags: [{ key: "stage", value: "test" }],
      metrics: [{ ...metric, modelId: made.modelId, runId, datasetName: "d", datasetDigest: "x" }],
    });
    expect(model.params).toHaveLength(2);
    await store.deleteLoggedModelTag(made.modelId, "stage");
    await expect(store.deleteLoggedModelTag(made.modelId, "stage")).rejects.toMatchObject({
      code: "notFound",
    });
    await store.deleteLoggedModel(made.modelId);
    await expect(store.getLoggedModel(made.modelId)).rejects.toMatchObject({ code: "notFound" });
    await expect(store.createLoggedModel({ experimentId: "0", name: "a/b" })).rejects.toThrow(
      "Invalid model name",
    );
  });

  it("are found and ordered by their metrics", async () => {
    const store = await tempStore();
    const runId = await newRun(store);
    const names = ["a", "b", "c"];
    for (const [i, name] of names.entries()) {
      const { modelId } = await store.createLoggedModel({ experimentId: "0", name, sourceRunId: runId });
      if (i < 2)
        await store.logBatch(runId, { metrics: [{ key: "acc", value: i, step: i, timestamp: 1, modelId }] });
    }
    const search = async (filter: string, orderBy: string[] = []) =>
      (await store.searchLoggedModels({ experimentIds: ["0"], filter, orderBy })).items.map(
        ({ name }) => name,
      );
    expect(await search("", ["metrics.acc DESC"])).toEqual(["b", "a", "c"]);
    expect(await search("metrics.acc < 1")).toEqual(["a"]);
    expect(await search(`source_run_id = '${runId}' AND name IN ('a', 'c')`, ["name"])).toEqual(["a", "c"]);
    expect(await search("attributes.status = 'LOGGED_MODEL_PENDING'", ["name DESC"])).toEqual([
      "c",
      "b",
      "a",
    ]);
  });
});
