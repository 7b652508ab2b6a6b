import { spawn } from "node:child_process";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { pythonOf } from "../../peers/env.ts";

const scripts = join(dirname(fileURLToPath(import.meta.url)), "..", "..", "fixtures", "mlflow");

export interface PythonScript {
  /** JSON that the script printed last. Rejects with what it said on stderr when it fails. */
  result: Promise<unknown>;
  /** Calls back for each line of stdout. */
  onLine(listener: (line: string) => void): void;
  /** Ends the script where it has not ended yet, and returns when it has. */
  stop(): Promise<void>;
}

/** Runs a script of test/fixtures/mlflow with the real MLflow client, told where to log by environment alone. */
export async function startPython(
  name: string,
  server: { url: string; token: string },
  options: { args?: readonly string[]; env?: Record<string, string>; timeout?: number } = {},
): Promise<PythonScript> {
  const python = await pythonOf("tracking");
  const child = spawn(python, ["-B", join(scripts, name), ...(options.args ?? [])], {
    env: {
      PATH: process.env.PATH,
      HOME: process.env.HOME,
      MLFLOW_TRACKING_URI: server.url,
      MLFLOW_TRACKING_TOKEN: server.token,
      MLFLOW_DISABLE_TELEMETRY: "true",
      GIT_PYTHON_REFRESH: "quiet",
      ...options.env,
    },
    timeout: options.timeout ?? 240_000,
    stdio: ["ignore", "pipe", "pipe"],
  });
  const listeners: ((line: string) => void)[] = [];
  let out = "";
  let rest = "";
  let complaints = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    out += text;
    const lines = (rest + text).split("\n");
    rest = lines.pop() ?? "";
    for (const line of lines) for (const listener of listeners) listener(line);
  });
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    complaints += text;
  });
  const result = new Promise<unknown>((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (code, signal) => {
      if (code !== 0)
        reject(new Error(`${name} ended with ${code ?? signal ?? "nothing"}:\n${complaints}\n${out}`));
      else resolve(JSON.parse(out.trim().split("\n").at(-1) ?? "null"));
    });
  });
  const ended = result.then(
    () => undefined,
    () => undefined,
  );
  return {
    result,
    onLine: (listener) => void listeners.push(listener),
    stop: () => (child.kill("SIGKILL"), ended),
  };
}
