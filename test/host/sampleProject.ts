import { dirname, join } from "node:path";
import { text } from "node:stream/consumers";
import { root } from "./paths.ts";
import { startTree } from "./processes.ts";

/** What `cairn run --json` says, as far as it is shown here. */
export interface TrackedRun {
  id: string;
  name: string;
  status: string;
  startTime: number;
  endTime: number | null;
  params: Record<string, string>;
  metrics: Record<string, { value: number; step: number }>;
  artifacts: string[];
}

/** Makes the sample project in a new folder, as "Cairn: Open Sample Project" does. */
export async function makeSample(folder: string): Promise<void> {
  await cairn(["sample", folder], dirname(folder));
}

/**
 * Trains the sample through the command line, with its output on this terminal's stderr. The engine that it starts goes
 * on, for the editor to join.
 */
export async function trainOnce(folder: string, args: readonly string[] = []): Promise<TrackedRun> {
  return JSON.parse(await cairn(["run", "train", ...args, "--json"], folder)) as TrackedRun;
}

/** Runs the command line of this checkout and returns its stdout. @throws with it, if it fails */
export async function cairn(args: readonly string[], cwd: string): Promise<string> {
  const cli = join(root, "dist", "cli.js");
  const tree = startTree(process.execPath, [cli, ...args], { cwd, output: "stdout" });
  const [output, code] = await Promise.all([tree.child.stdout ? text(tree.child.stdout) : "", tree.exited]);
  if (code !== 0)
    throw new Error(`Failed to run cairn ${args.join(" ")} (exit code ${code}). ${output.trim()}`);
  return output;
}

/** A few lines on what was recorded. */
export function summary(tracked: TrackedRun): string {
  const seconds = tracked.endTime === null ? "?" : ((tracked.endTime - tracked.startTime) / 1000).toFixed(1);
  const metrics = Object.entries(tracked.metrics).map(
    ([name, { value, step }]) => `${name} ${Number(value.toPrecision(4))} (step ${step})`,
  );
  return [
    `Tracked: run ${tracked.name} (${tracked.id}), ${tracked.status} after ${seconds} s`,
    `  parameters  ${Object.entries(tracked.params)
      .map(([name, value]) => `${name} ${value}`)
      .join(", ")}`,
    `  metrics     ${metrics.join(", ")}`,
    `  artifacts   ${tracked.artifacts.join(", ") || "none"}`,
  ].join("\n");
}
