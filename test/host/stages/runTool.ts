import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { root } from "../paths.ts";
import { type ProcessTree, startTree } from "../processes.ts";

/**
 * Runs a package's program on this Node, with its output shown.
 * @param file the program's file inside the package
 * @returns its exit code
 */
export async function runTool(packageName: string, file: string, args: readonly string[]): Promise<number> {
  const program = join(root, "node_modules", packageName, file);
  const tree = startTree(process.execPath, [program, ...args], { cwd: root, output: "inherit" });
  const code = await tree.exited;
  const left = await leftBehind(tree);
  await tree.stop();
  if (left.length === 0) return code;
  console.error(`${packageName} ended, but these that it started still ran:\n  ${left.join("\n  ")}`);
  return code === 0 ? 1 : code;
}

/** Processes may take a moment to end after the one that started them. */
async function leftBehind(tree: ProcessTree): Promise<string[]> {
  const deadline = Date.now() + 3_000;
  while (tree.running().length > 0 && Date.now() < deadline) await delay(100);
  return tree.running();
}
