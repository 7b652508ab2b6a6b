import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { sampleFolder } from "./readings.ts";

/**
 * Trains the sample's network untracked and returns what train.py printed.
 * One epoch takes about 3 s on one core; the model is written to `output`.
 */
export function trainSample(output: string, ...options: string[]): string {
  const args = ["-B", join(sampleFolder, "train.py"), "--output", output, ...options];
  return execFileSync("python3", args, { cwd: sampleFolder, encoding: "utf8", timeout: 300_000 });
}
