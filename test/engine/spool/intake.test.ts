import { existsSync, mkdirSync, readdirSync, symlinkSync, utimesSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import { openArtifactStore } from "../../../src/core/artifacts/index.ts";
import type { Logger } from "../../../src/core/logger.ts";
import { projectPaths } from "../../../src/core/project/index.ts";
import { openTrackingStore, type TrackingStore } from "../../../src/core/tracking/index.ts";
import { SpoolIntake } from "../../../src/engine/spool/index.ts";
import { CairnError } from "../../../src/shared/errors.ts";
import { header, RUN, runLine } from "../../core/spool/lines.ts";
import { tempFolder } from "../../core/tracking/tempStore.ts";

const HOUR = 3_600_000;

async function project() {
  const root = tempFolder();
  const paths = projectPaths(root, "");
  const folder = path.join(paths.data, "spool");
  mkdirSync(folder, { recursive: true });
  const warnings: string[] = [];
  const warn = (message: string | Error): void => void warnings.push(String(message));
  const logger: Logger = { debug: () => undefined, info: () => undefined, warn, error: warn };
  const store = await openTrackingStore({ paths, logger });
  onTestFinished(() => store.close());
  const artifacts = openArtifactStore(paths.artifacts);
  const intake = (changes: { store?: TrackingStore } = {}): SpoolIntake =>
    new SpoolIntake({ paths, store, artifacts, logger, ...changes });
  return {
    ...{ root, paths, folder, warnings, store, intake },
    /** Writes a spool; `ageMs` is how long ago its last line came. */
    write: (lines: object[], { name = `${RUN}.jsonl`, ageMs = 0 } = {}): void => {
      const file = path.join(folder, name);
      writeFileSync(file, lines.map((line) => `${JSON.stringify(line)}\n`).join(""));
      const time = (Date.now() - ageMs) / 1000;
      utimesSync(file, time, time);
    },
    take: (changes: { store?: TrackingStore } = {}) => intake(changes).look(),
    left: () => readdirSync(folder).toSorted(),
    run: (runId = RUN) => store.getRun(runId),
    points: async (key: string) =>
      (await store.getMetricHistory(RUN, key)).items.map(({ step, value }) => [step, value]),
    artifact: async (name: string): Promise<string> => {
      const { stream } = await artifacts.read(`0/${RUN}/artifacts/${name}`);
      return Buffer.concat((await stream.toArray()) as Buffer[]).toString();
    },
  };
}

const point = (step: number, value: number | string = step) => ({
  k: "m",
  t: 1000 + step,
  s: step,
  m: { loss: value },
});

/** A store whose method fails the first `times`. */
function failing(
  store: TrackingStore,
  method: keyof TrackingStore,
  error: Error,
  times: number,
): TrackingStore {
  let left = times;
  return new Proxy(store, {
    get(target, name) {
      if (name === method && left > 0) {
        left -= 1;
        return () => Promise.reject(error);
      }
      const value: unknown = Reflect.get(target, name, target);
      return typeof value === "function" ? (value.bind(target) as unknown) : value;
    },
  });
}

describe("what a script left behind", () => {
  test("is stored, its run ended, the files removed", async () => {
    const { write, folder, take, left, run, points, artifact, warnings } = await project();
    write([
      ...[header(), runLine(), point(0), point(1, "NaN"), point(2)],
      ...[
        { k: "params", values: { lr: "0.1" } },
        { k: "tags", values: { team: "blue" } },
      ],
      ...[
        { k: "artifact", path: "notes/a.txt", file: "1" },
        { k: "end", status: "FINISHED", t: 5000 },
        { k: "close" },
      ],
    ]);
    mkdirSync(path.join(folder, RUN));
    writeFileSync(path.join(folder, RUN, "1"), "kept");
    await take();
    const { info, data } = await run();
    expect(info).toMatchObject({
      runName: "first",
      status: "FINISHED",
      startTime: 1000,
      endTime: 5000,
      userId: "ada",
    });
    expect(data.params).toEqual([{ key: "lr", value: "0.1" }]);
    expect(data.tags).toContainEqual({ key: "team", value: "blue" });
    expect(await points("loss")).toEqual([[0, 0], [1, NaN], [2, 2]]); // prettier-ignore
    expect(await artifact("notes/a.txt")).toBe("kept");
    expect(left()).toEqual([]);
    expect(warnings).toEqual([]);
  });

  test("by a writer that was killed ends FAILED when its last line was written", async () => {
    const { write, take, left, run } = await project();
    write([header(), runLine(), point(0)], { ageMs: HOUR });
    await take();
    const { info, data } = await run();
    expect(info.status).toBe("FAILED");
    expect(Math.abs((info.endTime ?? 0) - (Date.now() - HOUR))).toBeLessThan(60_000);
    expect(data.tags).toContainEqual({ key: "cairn.endReason", value: "process is gone" });
    expect(left()).toEqual([]);
  });

  test("of a run that the launcher ends, or a sibling, leaves its status alone", async () => {
    const { write, take, store, run, points } = await project();
    await store.createRun({ runId: RUN, experimentId: "0" });
    write([header(), runLine({ resumed: true, owned: false }), point(0)]);
    write([header(), runLine({ resumed: true, owned: false }), point(1)], { name: `${RUN}.77.jsonl` });
    await take();
    expect((await run()).info.status).toBe("RUNNING");
    expect(await points("loss")).toEqual([[0, 0], [1, 1]]); // prettier-ignore
  });

  test("begins where its writer had come to", async () => {
    const { write, folder, take, store, points } = await project();
    await store.createRun({ runId: RUN, experimentId: "0" });
    const lines = [header(), runLine(), point(0), point(1)];
    write(lines);
    const sent = lines.slice(0, 3).reduce((sum, line) => sum + JSON.stringify(line).length + 1, 0);
    writeFileSync(path.join(folder, `${RUN}.sent`), `${String(sent).padStart(20, "0")}\n`);
    await take();
    expect(await points("loss")).toEqual([[1, 1]]);
  });

  test("of a living writer is read line by line", async () => {
    const { write, intake, left, run, points } = await project();
    const spools = intake();
    const begin = [header({ pid: process.pid }), runLine(), point(0)];
    write(begin);
    await spools.look();
    expect((await run()).info.status).toBe("RUNNING");
    expect(await points("loss")).toEqual([[0, 0]]);
    write([...begin, point(1)]);
    await spools.look();
    expect(await points("loss")).toEqual([[0, 0], [1, 1]]); // prettier-ignore
    expect(left()).toEqual([`${RUN}.jsonl`, `${RUN}.sent`]);
    write([...begin, point(1), { k: "end", status: "FINISHED", t: 9000 }, { k: "close" }]);
    await spools.look();
    expect((await run()).info.status).toBe("FINISHED");
    expect(left()).toEqual([]);
  });
});

describe("a writer on another host", () => {
  const away = { host: "somewhere-else", pid: process.pid };

  test("is read as it writes, and its file stays until it is closed", async () => {
    const { write, take, left, run } = await project();
    write([header(away), runLine(), point(0)], { ageMs: HOUR });
    await take();
    expect((await run()).info.status).toBe("RUNNING");
    expect(left()).toContain(`${RUN}.jsonl`);
    write([header(away), runLine(), point(0), { k: "end", status: "FINISHED", t: 9000 }, { k: "close" }]);
    await take();
    expect((await run()).info.status).toBe("FINISHED");
    expect(left()).toEqual([]);
  });

  test("that has been silent for a day is gone", async () => {
    const { write, take, left, run } = await project();
    const lines = [header(away), runLine(), point(0)];
    write(lines, { ageMs: 23 * HOUR });
    await take();
    expect((await run()).info.status).toBe("RUNNING");
    write(lines, { ageMs: 25 * HOUR });
    await take();
    expect((await run()).info.status).toBe("FAILED");
    expect(left()).toEqual([]);
  });

  test("names no file of this host", async () => {
    const { write, take, run, root, artifact } = await project();
    const inside = path.join(root, "weights.bin");
    writeFileSync(inside, "inside");
    const outside = path.join(os.homedir(), ".profile");
    write([
      ...[header(away), runLine(), { k: "artifact", path: "w", ref: inside }],
      ...[
        { k: "artifact", path: "secret", ref: outside },
        { k: "end", status: "FINISHED", t: 9000 },
        { k: "close" },
      ],
    ]);
    await take();
    expect(await artifact("w")).toBe("inside");
    await expect(artifact("secret")).rejects.toThrow("No such artifact");
    expect((await run()).data.tags.find(({ key }) => key === "cairn.notRecorded")?.value).toContain(
      "another host",
    );
  });
});

describe("what cannot be stored", () => {
  test("does not take the rest with it, and the run says so", async () => {
    const { write, take, run, points, warnings, left } = await project();
    write([
      ...[
        header(),
        runLine({ tags: { "bad\u0007name": "x", good: "y" } }),
        { k: "params", values: { lr: "1" } },
      ],
      ...[
        { k: "params", values: { lr: "2", "b\u0000d": "1", size: "3" } },
        point(0),
        { k: "m", t: 1, s: 1, m: { "a\u0000": 1 } },
      ],
      ...[{ k: "what" }, point(1), { k: "artifact", path: "../../out", file: "1" }, { k: "close" }],
    ]);
    await take();
    const { data } = await run();
    expect(data.params).toEqual([{ key: "lr", value: "1" }, { key: "size", value: "3" }]); // prettier-ignore
    expect(data.tags).toContainEqual({ key: "good", value: "y" });
    expect(await points("loss")).toEqual([[0, 0], [1, 1]]); // prettier-ignore
    const told = data.tags.find(({ key }) => key === "cairn.notRecorded")?.value ?? "";
    for (const part of ["lr", "out", "not understood"]) expect(told).toContain(part);
    expect(warnings).toHaveLength(1);
    expect(left()).toEqual([]);
  });

  test("in an experiment that is deleted goes to Default", async () => {
    const { write, take, run, store } = await project();
    const { experimentId } = await store.createExperiment({ name: "old" });
    await store.deleteExperiment(experimentId);
    write([header(), runLine({ experiment: "old" }), point(0), { k: "close" }]);
    await take();
    expect((await run()).info.experimentId).toBe("0");
  });

  test("as it was written by a newer version stays, and is told once", async () => {
    const { write, intake, left, warnings } = await project();
    write([{ v: 9, run: RUN }]);
    const spools = intake();
    await spools.look();
    await spools.look();
    expect(left()).toEqual([`${RUN}.jsonl`]);
    expect(warnings).toEqual([expect.stringContaining("version 9")]);
  });

  test("because the disk is full is stored later, all of it and once", async () => {
    const { write, store, intake, left, points } = await project();
    const full = new CairnError("full", "No space is left.");
    write([header(), runLine(), ...Array.from({ length: 2500 }, (_, i) => point(i)), { k: "close" }]);
    const spools = intake({ store: failing(store, "logBatch", full, 2) });
    await spools.look();
    expect(left()).toContain(`${RUN}.jsonl`);
    // Not before a second has passed.
    await expect.poll(() => spools.look().then(() => left().length), { timeout: 20_000 }).toBe(0);
    expect((await points("loss")).map(([step]) => step)).toEqual(Array.from({ length: 2500 }, (_, i) => i));
  });

  test("of the copies stays where it is when it is a link", async () => {
    const { write, take, folder, run, left } = await project();
    mkdirSync(path.join(folder, RUN));
    symlinkSync("/etc/hostname", path.join(folder, RUN, "1"));
    write([header(), runLine(), { k: "artifact", path: "a", file: "1" }, { k: "close" }]);
    await take();
    expect((await run()).data.tags.map(({ key }) => key)).toContain("cairn.notRecorded");
    expect(left()).toEqual([RUN]);
  });
});

test("a model is made once, also when its line is read twice", async () => {
  const { write, folder, take, run, store, artifact, warnings } = await project();
  const copies = path.join(folder, RUN);
  for (const name of [`${RUN}.jsonl`, `${RUN}.8.jsonl`]) {
    const own = path.join(folder, name.replace(".jsonl", ""));
    mkdirSync(own);
    writeFileSync(path.join(own, "1"), "weights");
    write([header(), runLine(), { k: "model", name: "net", files: [{ path: "net.onnx", file: "1" }] }], {
      name,
    });
  }
  await take();
  const { outputs } = await run();
  expect(outputs.modelOutputs).toHaveLength(1);
  const model = await store.getLoggedModel(outputs.modelOutputs[0]?.modelId ?? "");
  expect(model).toMatchObject({ name: "net", status: "LOGGED_MODEL_READY" });
  expect(await artifact("model/net/net.onnx")).toBe("weights");
  expect(warnings).toEqual([]);
  expect(existsSync(copies)).toBe(false);
});
