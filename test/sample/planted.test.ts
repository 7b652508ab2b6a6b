import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { z } from "zod";
import { root } from "../host/paths.ts";
import { pythonOf } from "../peers/env.ts";
import { dataFiles, firmware, readReadings, sampleFolder, stuckCameras, type Reading } from "./readings.ts";

const version1 = readReadings("data/readings.csv");
const version2 = readReadings("inbox/readings-2026-07.csv");
const holdout = readReadings("data/holdout.csv");
const byId = (rows: Reading[]) => new Map(rows.map((row) => [row.id, row]));
const first = byId(version1);
const second = byId(version2);
/** Readings of both versions, as [version 1, version 2]. */
const common = version2.flatMap((row): [Reading, Reading][] => {
  const before = first.get(row.id);
  return before ? [[before, row]] : [];
});

test("version 1 has 1,300 rows, 60 of them sent twice and equal in every cell", () => {
  expect(version1).toHaveLength(1300);
  expect(new Set(version1.map((row) => row.line)).size).toBe(1240);
  expect(first.size).toBe(1240);
});

test("version 2 has 400 rows more and no duplicate", () => {
  expect(version2).toHaveLength(1640);
  expect(second.size).toBe(1640);
  expect(common).toHaveLength(1240);
  const lastOfVersion1 =
    version1
      .map((row) => row.capturedAt)
      .sort()
      .at(-1) ?? "";
  const added = version2.filter((row) => !first.has(row.id));
  expect(added).toHaveLength(400);
  expect(added.every((row) => row.capturedAt > lastOfVersion1)).toBe(true);
});

test("version 2 corrects 40 labels and 25 cells, and nothing else", () => {
  const changed = common.filter(([a, b]) => a.line !== b.line);
  expect(changed).toHaveLength(65);
  const labels = changed.filter(([a, b]) => a.label !== b.label);
  expect(labels).toHaveLength(40);
  expect(labels.every(([a]) => a.annotator !== "ann-1" && a.annotator !== "ann-3")).toBe(true);
  const cells = changed.map(([a, b]) => a.pixels.flatMap((value, n) => (value === b.pixels[n] ? [] : [n])));
  expect(cells.flat()).toHaveLength(25);
  expect(cells.flat()).not.toContain(21);
  for (const [a, b] of changed) {
    expect([b.capturedAt, b.site, b.device, b.annotator]).toEqual([
      a.capturedAt,
      a.site,
      a.device,
      a.annotator,
    ]);
  }
});

test("p21 is stuck at 16 in all rows of four cameras since the firmware date, and in no others", () => {
  const since = version2.filter((row) => row.capturedAt >= firmware);
  const stuck = since.filter((row) => stuckCameras.includes(row.device));
  expect(stuck.length).toBeGreaterThan(100);
  expect(stuck.every((row) => row.pixels[21] === 16)).toBe(true);
  const share = (rows: Reading[]) => rows.filter((row) => row.pixels[21] === 16).length / rows.length;
  expect(share(since.filter((row) => !stuckCameras.includes(row.device)))).toBeLessThan(0.2);
  expect(share(version2.filter((row) => row.capturedAt < firmware))).toBeLessThan(0.2);
  expect(version1.every((row) => row.capturedAt < firmware)).toBe(true);
});

test("every reading is complete, in range and from the camera of its site", () => {
  const sites = new Map<string, string>();
  for (const row of [...version1, ...version2, ...holdout]) {
    expect(row.capturedAt).toMatch(/^2026-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
    expect(row.pixels.every((value) => Number.isInteger(value) && value >= 0 && value <= 16)).toBe(true);
    expect(row.label >= 0 && row.label <= 9).toBe(true);
    expect(sites.get(row.device) ?? row.site).toBe(row.site);
    sites.set(row.device, row.site);
  }
  expect(sites.size).toBe(12);
  expect(holdout).toHaveLength(157);
  expect(holdout.some((row) => first.has(row.id) || second.has(row.id))).toBe(false);
});

test("all readings together are the 1,797 digits, but for ann-3's 54 swapped 4s and 9s", async () => {
  const script =
    "import json; from sklearn.datasets import load_digits as l; d = l(); " +
    "print(json.dumps([{'pixels': [int(v) for v in x], 'label': int(y)} for x, y in zip(d.data, d.target)]))";
  const output = execFileSync(await pythonOf("sample"), ["-c", script], { encoding: "utf8" });
  const digits = z.array(z.object({ pixels: z.array(z.int()), label: z.int() })).parse(JSON.parse(output));
  // The stuck pixel hides one value, so digits are found by the other 63.
  const key = (pixels: number[]) => pixels.filter((_, n) => n !== 21).join();
  const truth = new Map(digits.map((digit) => [key(digit.pixels), digit.label]));
  expect(truth.size).toBe(1797);
  const all = [...version2, ...holdout];
  expect(new Set(all.map((row) => key(row.pixels)))).toEqual(new Set(truth.keys()));
  const wrong = all.filter((row) => truth.get(key(row.pixels)) !== row.label);
  expect(wrong).toHaveLength(54);
  expect(new Set(wrong.map((row) => row.annotator))).toEqual(new Set(["ann-3"]));
  expect(
    wrong.every((row) => [4, 9].includes(row.label) && truth.get(key(row.pixels)) === 13 - row.label),
  ).toBe(true);
}, 600_000);

test("the generator writes these very bytes, each file below 1 MB", async () => {
  const target = mkdtempSync(join(tmpdir(), "cairn-sample-"));
  try {
    const generator = join(root, "test", "fixtures", "sample-source", "generate.py");
    execFileSync(await pythonOf("sample"), ["-B", generator, target]);
    for (const file of dataFiles) {
      expect(readFileSync(join(target, file)).equals(readFileSync(join(sampleFolder, file))), file).toBe(
        true,
      );
      expect(statSync(join(sampleFolder, file)).size).toBeLessThan(1_000_000);
    }
  } finally {
    rmSync(target, { recursive: true });
  }
}, 600_000);
