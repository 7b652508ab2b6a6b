import { describe, expect, it } from "vitest";
import { displayCommand } from "../../src/core/runs/shell.ts";
import { againSpec } from "../../src/host/runs/againSpec.ts";
import { parseTag, tagsOf } from "../../src/host/runs/tagList.ts";
import type { EntryInfo } from "../../src/shared/protocol.ts";
import type { Run } from "../../src/shared/tracking.ts";

const train: EntryInfo = {
  ...{ name: "train", source: "cairn.yaml", command: "python train.py --lr {lr} --token {token}" },
  params: { lr: "0.05", depth: "3" },
};

function recorded(tags: Record<string, string>, params: Record<string, string> = {}): Run {
  const pairs = (values: Record<string, string>) =>
    Object.entries(values).map(([key, value]) => ({ key, value }));
  return {
    info: {
      ...{ runId: "r1", runName: "calm-otter", experimentId: "1", userId: "mira", status: "FINISHED" },
      ...{ startTime: 0, endTime: 1, artifactUri: "", lifecycleStage: "active" },
    },
    data: { metrics: [], params: pairs(params), tags: pairs(tags) },
    inputs: { datasetInputs: [], modelInputs: [] },
    outputs: { modelOutputs: [] },
  };
}

describe("a run is started again", () => {
  it("from its entry, with the entry's own parameters and not what the script logged besides", () => {
    const run = recorded({ "cairn.entry": "train" }, { lr: "0.1", token: "x", optimizer: "adam" });
    expect(againSpec(run, [train], true)).toEqual({
      entry: train,
      params: { lr: "0.1", token: "x" },
      where: {},
    });
  });

  it("without the parameters that were kept secret", () => {
    const run = recorded({ "cairn.entry": "train", "cairn.redacted": "token" }, { lr: "0.1", token: "***" });
    expect(againSpec(run, [train], true)).toEqual({ entry: train, params: { lr: "0.1" }, where: {} });
  });

  it("from its command line, word by word as it was", () => {
    const argv = ["python3", "my script.py", "--note", 'it\'s "fine"', "", "a\\b"];
    const line = displayCommand(argv);
    expect(againSpec(recorded({ "cairn.command": line }), [], true)).toEqual({
      command: argv,
      line,
      params: {},
      where: {},
    });
  });

  it("where it was, with its data, its environment and the parameters that it was started with", () => {
    const where = { cwd: "sub/dir", data: ["../a.csv"], env: { VIRTUAL_ENV: "/envs/a" } };
    const launch = JSON.stringify({ ...where, params: ["lr", "token"] });
    const run = recorded(
      { "cairn.command": "./train", "cairn.launch": launch, "cairn.redacted": "token" },
      { lr: "0.1", token: "***", logged: "1" },
    );
    expect(againSpec(run, [], true)).toEqual({
      ...{ command: ["./train"], line: "./train", params: { lr: "0.1" }, where },
    });
    const odd = recorded({ "cairn.command": "./train", "cairn.launch": '{"cwd": 7}' });
    expect(againSpec(odd, [], true)).toMatchObject({ params: {}, where: {} });
  });

  it("not when its entry is gone, nor when Cairn has not started it", () => {
    expect(() => againSpec(recorded({ "cairn.entry": "old" }), [train], true)).toThrow('The entry "old"');
    expect(() => againSpec(recorded({ "mlflow.source.name": "train.py" }), [], true)).toThrow(
      "is not recorded",
    );
  });

  it("not with holes in its command, unless they can be filled in", () => {
    const run = recorded({ "cairn.command": "python3 a.py --token ***", "cairn.redacted": "--token" });
    expect(() => againSpec(run, [], true)).toThrow("Not all of the command");
    expect(againSpec(run, [], false)).toMatchObject({ line: "python3 a.py --token ***" });
  });
});

describe("tags", () => {
  it("of several runs are listed once, with their values and how many have them", () => {
    const team = (value: string) => [{ key: "team", value }];
    expect(tagsOf([team("a"), [...team("b"), { key: "data", value: "" }], team("a"), []])).toEqual([
      { key: "data", values: [""], runs: 1 },
      { key: "team", values: ["a", "b"], runs: 3 },
    ]);
  });

  it("are read as they are typed; MLflow's and Cairn's own are not the user's to set", () => {
    expect(parseTag("team = computer vision ")).toEqual({ key: "team", value: "computer vision" });
    expect(parseTag("a=b=c")).toEqual({ key: "a", value: "b=c" });
    expect(parseTag("baseline")).toEqual({ key: "baseline", value: "" });
    for (const text of ["", "  ", "=x", "mlflow.user=x", "cairn.star=true"])
      expect(parseTag(text)).toBeUndefined();
  });
});
