import { readFile, rm } from "node:fs/promises";
import { join, relative } from "node:path";
import { outDir, root } from "../paths.ts";
import { runTool } from "./runTool.ts";
import { type Outcome, nothing } from "./outcome.ts";

/** The part of Vitest's JSON report that is read here. */
interface Report {
  testResults: {
    name: string;
    status: string;
    assertionResults: { fullName: string; status: string }[];
  }[];
}

/**
 * Runs Vitest with a configuration and counts what it reports.
 * @param filters parts of file names; all files without one
 */
export async function runVitest(name: string, config: string, filters: readonly string[]): Promise<Outcome> {
  const report = join(outDir, `${name}.json`);
  await rm(report, { force: true });
  const code = await runTool("vitest", "vitest.mjs", [
    ...["run", "--config", join(root, config), "--reporter=default", "--reporter=json"],
    ...[`--outputFile.json=${report}`, ...filters],
  ]);
  const outcome = count(await readReport(report));
  // An error outside any test fails the run without failing a test.
  return code !== 0 && outcome.failed === 0 ? { ...outcome, failed: 1 } : outcome;
}

async function readReport(path: string): Promise<Report> {
  try {
    return JSON.parse(await readFile(path, "utf8")) as Report;
  } catch {
    return { testResults: [] };
  }
}

function count({ testResults }: Report): Outcome {
  const outcome: Outcome = { ...nothing, skipped: [] };
  for (const file of testResults) {
    for (const { fullName, status } of file.assertionResults) {
      if (status === "passed") outcome.passed++;
      else if (status === "failed") outcome.failed++;
      else outcome.skipped.push(`${relative(root, file.name)} > ${fullName}`);
    }
    // A file that cannot be loaded has no tests to fail.
    if (file.status === "failed" && file.assertionResults.length === 0) outcome.failed++;
  }
  return outcome;
}
