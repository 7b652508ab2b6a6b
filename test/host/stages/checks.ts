import { readdirSync } from "node:fs";
import { join } from "node:path";
import { outDir, root } from "../paths.ts";
import { runTool } from "./runTool.ts";
import { type Outcome, check, sum } from "./outcome.ts";

/** Formatting, lint and types; on two cores, lint beside the others. */
export async function runChecks(): Promise<Outcome> {
  return sum(await Promise.all([lint(), formatAndTypes()]));
}

async function lint(): Promise<Outcome> {
  const cache = ["--cache", "--cache-strategy", "content", "--cache-location", join(outDir, "eslint.json")];
  return check((await runTool("eslint", "bin/eslint.js", [...cache, "--max-warnings", "0", "."])) === 0);
}

async function formatAndTypes(): Promise<Outcome> {
  const prettier = ["--check", "--log-level", "warn", "."];
  const outcomes = [check((await runTool("prettier", "bin/prettier.cjs", prettier)) === 0)];
  for (const project of projects()) {
    outcomes.push(check((await runTool("typescript", "bin/tsc", ["-p", project])) === 0));
  }
  return sum(outcomes);
}

/** Each has globals of its own: core sees no DOM, a webview sees no Node. */
function projects(): string[] {
  const folders = ["", "src/shared", "src/core", "webview", "test"];
  return folders
    .filter((folder) => readdirSync(join(root, folder)).includes("tsconfig.json"))
    .map((folder) => join(root, folder, "tsconfig.json"));
}
