import { execFile } from "node:child_process";
import { cp, mkdir, readFile, rename } from "node:fs/promises";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { promisify } from "node:util";
import { root } from "./paths.ts";
import { startTree } from "./processes.ts";

const run = promisify(execFile);

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

interface History {
  author: { name: string; email: string };
  rename: Record<string, string>;
  omit: string[];
  commits: { message: string; date: string; files: string[] }[];
}

/** Puts the sample project into a new folder, with the Git history that it describes. */
export async function copySample(folder: string): Promise<void> {
  const source = join(root, "media", "sample");
  const history = JSON.parse(await readFile(join(source, "history.json"), "utf8")) as History;
  const omitted = new Set(history.omit.map((name) => join(source, name)));
  await mkdir(folder, { recursive: true });
  await cp(source, folder, { recursive: true, filter: (path) => !omitted.has(path) });
  for (const [from, to] of Object.entries(history.rename)) await rename(join(folder, from), join(folder, to));
  const git = (args: string[], env = {}) =>
    run("git", args, { cwd: folder, env: { ...process.env, ...env } });
  await git(["init", "-q", "-b", "main"]);
  await git(["config", "user.name", history.author.name]);
  await git(["config", "user.email", history.author.email]);
  for (const { message, date, files } of history.commits) {
    await git(["add", "--", ...files.map((file) => history.rename[file] ?? file)]);
    await git(["commit", "-q", "-m", message], { GIT_AUTHOR_DATE: date, GIT_COMMITTER_DATE: date });
  }
}

/**
 * Trains the sample through the command line, with its output on this terminal's stderr. The engine that it starts goes
 * on, for the editor to join.
 */
export async function trainOnce(folder: string): Promise<TrackedRun> {
  const cli = join(root, "dist", "cli.js");
  const tree = startTree(process.execPath, [cli, "run", "train", "--json", "--project", folder], {
    cwd: folder,
    output: "stdout",
  });
  const [output, code] = await Promise.all([tree.child.stdout ? text(tree.child.stdout) : "", tree.exited]);
  if (code !== 0) throw new Error(`Failed to train the sample project (exit code ${code}): ${output.trim()}`);
  return JSON.parse(output) as TrackedRun;
}

/** A few lines on what was recorded. */
export function summary(tracked: TrackedRun): string {
  const seconds = tracked.endTime === null ? "?" : ((tracked.endTime - tracked.startTime) / 1000).toFixed(1);
  const metrics = Object.entries(tracked.metrics).map(
    ([name, { value, step }]) => `${name} ${value} (step ${step})`,
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
