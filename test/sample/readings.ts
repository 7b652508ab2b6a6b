import { readFileSync } from "node:fs";
import { join } from "node:path";
import { root } from "../host/paths.ts";

export const sampleFolder = join(root, "media", "sample");

/** The three data files that the generator writes, by their path in the sample project. */
export const dataFiles = ["data/readings.csv", "data/holdout.csv", "inbox/readings-2026-07.csv"] as const;

/** Cameras whose firmware reports p21 as always bright, and since when. */
export const stuckCameras = ["cam-07", "cam-09", "cam-10", "cam-11"];
export const firmware = "2026-06-15T00:00:00Z";

export interface Reading {
  id: string;
  capturedAt: string;
  site: string;
  device: string;
  annotator: string;
  pixels: number[];
  label: number;
  line: string;
}

export const header = [
  ...["id", "captured_at", "site", "device", "annotator"],
  ...Array.from({ length: 64 }, (_, n) => `p${String(n).padStart(2, "0")}`),
  "label",
].join(",");

/** The rows of one of the sample's CSV files, whose values hold no comma, quote or line break. */
export function readReadings(path: string): Reading[] {
  const [first, ...lines] = readFileSync(join(sampleFolder, path), "utf8").trimEnd().split("\n");
  if (first !== header) throw new Error(`${path} has an unexpected header: ${first}`);
  return lines.map((line) => {
    const [id = "", capturedAt = "", site = "", device = "", annotator = "", ...numbers] = line.split(",");
    const values = numbers.map(Number);
    return {
      id,
      capturedAt,
      site,
      device,
      annotator,
      pixels: values.slice(0, 64),
      label: values[64] ?? -1,
      line,
    };
  });
}
