import { spawn } from "node:child_process";
import { mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { InferenceSession, Tensor } from "onnxruntime-node";
import { afterAll, beforeAll, expect, test } from "vitest";
import { readReadings, sampleFolder, type Reading } from "./readings.ts";
import { trainSample } from "./training.ts";

const folder = mkdtempSync(join(tmpdir(), "cairn-training-"));
const model = join(folder, "model.onnx");
let printed = "";
let session: InferenceSession;

beforeAll(async () => {
  printed = trainSample(model, "--epochs", "2", "--check", "40");
  session = await InferenceSession.create(model);
}, 300_000);
afterAll(() => rmSync(folder, { recursive: true }));

async function predict(rows: Reading[]): Promise<{ labels: number[]; probabilities: number[][] }> {
  const pixels = Float32Array.from(rows.flatMap((row) => row.pixels));
  const outputs = await session.run({ pixels: new Tensor("float32", pixels, [rows.length, 64]) });
  const { label, probabilities } = outputs;
  if (!label || !probabilities) throw new Error("The model lacks an output.");
  expect(label.type).toBe("int64");
  expect(probabilities.dims).toEqual([rows.length, 10]);
  const flat = Array.from(probabilities.data as Float32Array);
  return {
    labels: Array.from(label.data as BigInt64Array, Number),
    probabilities: rows.map((_, n) => flat.slice(10 * n, 10 * n + 10)),
  };
}

test("the model has about 200 KB and ONNX Runtime reads it as the script did", async () => {
  expect(statSync(model).size).toBeGreaterThan(195_000);
  expect(statSync(model).size).toBeLessThan(215_000);
  expect(session.inputNames).toEqual(["pixels"]);
  const said = [...printed.matchAll(/^check (.+)$/gm)].map((match) =>
    (match[1] ?? "").split(" ").map(Number),
  );
  expect(said).toHaveLength(40);
  const heldOut = readReadings("data/readings.csv").filter((row) => row.annotator === "ann-1");
  const { labels, probabilities } = await predict(heldOut.slice(0, 40));
  said.forEach((expected, n) => {
    expect(labels[n]).toBe(expected.indexOf(Math.max(...expected)));
    expected.forEach((value, k) => expect(probabilities[n]?.[k]).toBeCloseTo(value, 4));
  });
});

test("the printed accuracy is the model's, and two epochs already reach 85 %", async () => {
  const heldOut = readReadings("data/readings.csv").filter((row) => row.annotator === "ann-1");
  const { labels } = await predict(heldOut);
  const accuracy = heldOut.filter((row, n) => row.label === labels[n]).length / heldOut.length;
  expect(accuracy).toBeGreaterThan(0.85);
  expect(Number(/^accuracy ([\d.]+)/m.exec(printed)?.[1])).toBeCloseTo(accuracy, 2);
});

test("SIGTERM ends the training with exit code 143 and no traceback", async () => {
  const output = join(folder, "stopped.onnx");
  const child = spawn("python3", ["-B", "train.py", "--output", output], { cwd: sampleFolder });
  let text = "";
  child.stderr.on("data", (chunk: Buffer) => (text += chunk.toString()));
  child.stdout.on("data", (chunk: Buffer) => {
    if (chunk.toString().includes("step")) child.kill("SIGTERM");
  });
  const code = await new Promise((resolve) => child.on("close", resolve));
  expect([code, text]).toEqual([143, ""]);
  expect(statSync(output, { throwIfNoEntry: false })).toBeUndefined();
});
