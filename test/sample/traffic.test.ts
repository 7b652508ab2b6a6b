import { execFile } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, test } from "vitest";
import { serveModel, type OipServer } from "./oipServer.ts";
import { firmware, sampleFolder, stuckCameras } from "./readings.ts";
import { trainSample } from "./training.ts";

const folder = mkdtempSync(join(tmpdir(), "cairn-traffic-"));
const model = join(folder, "model.onnx");
const run = promisify(execFile);

beforeAll(() => {
  trainSample(model, "--epochs", "8");
}, 300_000);
afterAll(() => rmSync(folder, { recursive: true }));

const play = (url: string, ...options: string[]) =>
  run("python3", ["-B", "traffic.py", url, "--rate", "0", ...options], { cwd: sampleFolder });

type Answer = OipServer["answered"][number];
const accuracy = (answers: Answer[]) =>
  answers.filter(({ request, label }) => request.parameters.label === label).length / answers.length;

test("after the firmware date the model reads the four cameras worse, and only these", async () => {
  await using server = await serveModel(model);
  const { stdout } = await play(server.url, "--requests", "2400", "--firmware-at", "1200");
  const { answered } = server;
  expect(answered).toHaveLength(2400);
  expect(new Set(answered.map(({ request }) => request.id)).size).toBe(2400);
  const part = (after: boolean, stuck: boolean) =>
    answered.filter(
      ({ request: { parameters } }) =>
        parameters.captured_at >= firmware === after && stuckCameras.includes(parameters.device) === stuck,
    );
  expect(part(false, true).length + part(false, false).length).toBe(1200);
  expect(part(true, true).length).toBeGreaterThan(350);
  expect(part(true, true).every(({ request }) => request.inputs[0].data[21] === 16)).toBe(true);
  // Measured: 97.5 % before and 94.3 % after over the whole holdout.
  expect(accuracy(part(false, true))).toBeGreaterThan(0.96);
  expect(accuracy(part(true, true))).toBeLessThan(accuracy(part(false, true)) - 0.015);
  expect(accuracy(part(true, false))).toBeGreaterThan(0.96);
  expect(stdout).toContain(
    `after  the firmware: the four cameras  ${(100 * accuracy(part(true, true))).toFixed(1)} %`,
  );
}, 120_000);

test("labels can be kept back, and the firmware comes at request 600 unless told otherwise", async () => {
  await using server = await serveModel(model);
  await play(server.url, "--requests", "601", "--no-labels");
  expect(server.answered.every(({ request }) => request.parameters.label === undefined)).toBe(true);
  const dates = server.answered.map(({ request }) => request.parameters.captured_at);
  expect(dates.findIndex((date) => date >= firmware)).toBe(600);
});

test("a server without the model, and none at all, end it with one clear line", async () => {
  const server = await serveModel(model);
  const line = /^http:\S+ did not answer as expected: .+\n$/;
  await expect(play(server.url, "--model", "other")).rejects.toMatchObject({
    code: 1,
    stderr: expect.stringMatching(line) as string,
  });
  await server[Symbol.asyncDispose]();
  await expect(play(server.url)).rejects.toMatchObject({
    code: 1,
    stderr: expect.stringMatching(line) as string,
  });
});
