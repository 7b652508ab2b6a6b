import { spawn } from "node:child_process";

/**
 * Runs one set-up step and prints one line about it with its time, on stderr: stdout belongs to the command itself.
 * A step that ends within `silentBelow` milliseconds prints nothing.
 * @template T
 * @param {string} name
 * @param {() => Promise<T>} work
 * @param {number} [silentBelow]
 * @returns {Promise<T>}
 */
export async function step(name, work, silentBelow = 0) {
  const start = Date.now();
  const seconds = () => ((Date.now() - start) / 1000).toFixed(1);
  try {
    const result = await work();
    if (Date.now() - start >= silentBelow) process.stderr.write(`  ${name} (${seconds()} s)\n`);
    return result;
  } catch (error) {
    process.stderr.write(`  ${name}: failed after ${seconds()} s\n`);
    throw error;
  }
}

/**
 * Runs a program to its end and returns its output (stdout and stderr together); a failure carries the last of it.
 * @param {string} command
 * @param {readonly string[]} args
 * @param {{ cwd?: string, env?: NodeJS.ProcessEnv, shell?: boolean }} [options]
 * @returns {Promise<string>}
 */
export function runQuietly(command, args, options = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, {
      ...options,
      stdio: ["ignore", "pipe", "pipe"],
      windowsHide: true,
    });
    let output = "";
    const collect = (/** @type {Buffer} */ chunk) => {
      output = (output + chunk.toString()).slice(-200_000);
    };
    child.stdout.on("data", collect);
    child.stderr.on("data", collect);
    child.on("error", (error) =>
      reject(new Error(`Failed to run ${command}: ${error.message}`, { cause: error })),
    );
    child.on("close", (code, signal) => {
      if (code === 0) return resolve(output);
      const tail = output.trimEnd().split("\n").slice(-30).join("\n");
      reject(
        new Error(
          `Failed to run ${[command, ...args].join(" ")} (${signal ?? `exit code ${code}`}):\n${tail}`,
        ),
      );
    });
  });
}

/**
 * Arguments that run npm on the Node that runs this, whatever the platform calls its npm launcher.
 * @param {readonly string[]} args
 * @returns {{ command: string, args: string[], shell: boolean }}
 */
export function npm(args) {
  const script = process.env.npm_execpath;
  if (script?.endsWith(".js")) return { command: process.execPath, args: [script, ...args], shell: false };
  return { command: "npm", args: [...args], shell: process.platform === "win32" };
}
