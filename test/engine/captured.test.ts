import { describe, expect, it } from "vitest";
import { readCodeState, readEnvironment, readPatch } from "../../src/engine/client/captured.ts";
import { readArtifactPart, readWholeArtifact } from "../../src/engine/client/index.ts";
import { diffEnvironments } from "../../src/shared/diffEnvironments.ts";
import { CairnError } from "../../src/shared/errors.ts";
import { code, environment, otherEnvironment } from "../webview/harness/runCaptured.ts";

/** An engine with these artifacts, that gives at most `part` bytes at once. */
function reading(files: Record<string, Buffer>, part = 1000) {
  const asked: { start: number; length: number }[] = [];
  return {
    asked,
    request: (_: "artifactRead", params: { path: string; start: number; length: number }) => {
      const { path, start, length } = params;
      asked.push({ start, length });
      const file = files[path];
      if (!file) return Promise.reject(new CairnError("notFound", `No such artifact: '${path}'`));
      const data = file.subarray(start, start + Math.min(length, part)).toString("base64");
      return Promise.resolve({ data, start, size: file.length });
    },
  };
}

describe("what was captured of a run", () => {
  it("is read in parts and checked", async () => {
    const engine = reading({
      "cairn/code.json": Buffer.from(JSON.stringify(code)),
      "cairn/environment.json": Buffer.from(JSON.stringify(environment)),
      "cairn/changes.patch": Buffer.from([0x2b, 0xe9, 0x0a]),
    });
    expect(await readCodeState(engine, "r")).toEqual(code);
    expect(await readEnvironment(engine, "r")).toEqual(environment);
    expect(engine.asked.length).toBeGreaterThan(3);
    expect(await readPatch(engine, "r")).toBe("+é\n");
  });

  it("is nothing of a run that has none, and an error of one that something else wrote", async () => {
    expect(await readCodeState(reading({}), "r")).toBeNull();
    expect(await readPatch(reading({}), "r")).toBe("");
    for (const text of ["", "{", "[]", '{"state":"recorded"}', '"x"'])
      await expect(
        readCodeState(reading({ "cairn/code.json": Buffer.from(text) }), "r"),
      ).rejects.toMatchObject({ code: "corrupt" });
  });

  it("is not read without end", async () => {
    const engine = reading({ big: Buffer.alloc(50_000) });
    await expect(readWholeArtifact(engine, "r", "big", 10_000)).rejects.toMatchObject({ code: "invalid" });
    expect(engine.asked).toHaveLength(1);
  });

  it("comes with a buffer of its own, which can be posted to a panel", async () => {
    const { bytes, size } = await readArtifactPart(reading({ f: Buffer.from("abc") }), {
      runId: "r",
      path: "f",
      start: 1,
      length: 1,
    });
    expect([[...bytes], bytes.buffer.byteLength, size]).toEqual([[98], 1, 3]);
  });
});

describe("diffEnvironments", () => {
  it("names what differs, packages by the name they are compared by", () => {
    expect(diffEnvironments(environment, otherEnvironment)).toEqual([
      { group: "python", name: "Version", a: "CPython 3.12.7", b: "CPython 3.11.9" },
      { group: "package", name: "lightgbm", a: "4.5.0", b: null },
      { group: "package", name: "NumPy", a: "2.1.3", b: "1.26.4" },
      { group: "package", name: "xgboost", a: null, b: "2.1.1" },
    ]);
    expect(diffEnvironments(environment, environment)).toEqual([]);
  });

  it("takes an environment without Python or GPUs", () => {
    const bare = { ...environment, python: null, gpus: [], cuda: null };
    const groups = diffEnvironments(environment, bare).map(({ group, b }) => [group, b]);
    expect(groups).toContainEqual(["gpu", null]);
    expect(groups).toContainEqual(["python", null]);
    expect(diffEnvironments(bare, bare)).toEqual([]);
  });
});
