import { join } from "node:path";
import { root } from "../paths.ts";
import { startTree } from "../processes.ts";

/**
 * Runs a package's program on this Node, with its output shown.
 * @param file the program's file inside the package
 * @returns its exit code
 */
export async function runTool(packageName: string, file: string, args: readonly string[]): Promise<number> {
  const program = join(root, "node_modules", packageName, file);
  const tree = startTree(process.execPath, [program, ...args], { cwd: root, output: "inherit" });
  const code = await tree.exited;
  await tree.stop();
  return code;
}
