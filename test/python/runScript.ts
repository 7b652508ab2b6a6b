import { spawn } from "node:child_process";
import { join } from "node:path";
import { root } from "../host/paths.ts";

export interface ScriptResult {
  code: number | null;
  signal?: NodeJS.Signals;
  stdout: string;
  stderr: string;
}

/** Runs Python source with cairn.py on its path, as `cairn run` would start it; `env` adds to the environment. */
export async function runScript(
  source: string,
  env: Record<string, string>,
  options: {
    python?: string;
    args?: string[];
    onOutput?: (text: string) => void;
    endInput?: AbortSignal;
    cwd?: string;
    /** Sends this signal when the script has printed "ready". */
    signal?: NodeJS.Signals;
  } = {},
): Promise<ScriptResult> {
  const inherited = Object.entries(process.env).filter(([name]) => !/^(MLFLOW|CAIRN)_/.test(name));
  const child = spawn(options.python ?? "python3", ["-B", "-u", "-c", source, ...(options.args ?? [])], {
    ...(options.cwd !== undefined && { cwd: options.cwd }),
    env: { ...Object.fromEntries(inherited), PYTHONPATH: join(root, "media", "python"), ...env },
  });
  if (options.endInput) options.endInput.addEventListener("abort", () => child.stdin.end());
  else child.stdin.end();
  const result: ScriptResult = { code: null, stdout: "", stderr: "" };
  child.stdout.on("data", (chunk: Buffer) => {
    result.stdout += chunk.toString();
    options.onOutput?.(result.stdout);
    if (options.signal !== undefined && !child.killed && result.stdout.includes("ready\n"))
      child.kill(options.signal);
  });
  child.stderr.on("data", (chunk: Buffer) => (result.stderr += chunk.toString()));
  result.code = await new Promise<number | null>((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (code, signal) => {
      if (signal !== null) result.signal = signal;
      resolve(code);
    });
  });
  return result;
}
