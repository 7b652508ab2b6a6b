import { spawn } from "node:child_process";
import {
  closeSync,
  existsSync,
  fsyncSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  writeSync,
} from "node:fs";
import { identify } from "../../core/runs/processIdentity.js";
import type { ExitRecord, RunnerSpec, StartedRecord } from "../../core/runs/records.js";

/**
 * Starts one command, waits, writes down how it ended: `runner.js SPEC`. Detached from the engine, and the command's
 * output goes straight to a file, so neither the engine's nor this process's death breaks the training.
 */
function main(specFile: string): void {
  const spec = JSON.parse(readFileSync(specFile, "utf8")) as RunnerSpec;
  if (!existsSync(spec.marker)) return;
  ignoreSignals();
  const begin = Date.now();
  const output = openSync(spec.console, "a", 0o600);
  const [file = "", ...args] = spec.argv;
  if (!existsSync(spec.cwd)) {
    fail(spec, begin, output, "ENOTDIR", `The folder ${spec.cwd} does not exist.`);
    return;
  }
  const child = spawn(file, args, {
    cwd: spec.cwd,
    detached: true,
    windowsHide: true,
    windowsVerbatimArguments: spec.verbatim,
    stdio: ["ignore", output, output],
    env: commandEnvironment(),
  });
  child.once("error", (error: NodeJS.ErrnoException) => {
    if (child.pid === undefined) fail(spec, begin, output, error.code ?? "", reason(error, file));
  });
  const { pid } = child;
  if (pid === undefined) return;
  closeSync(output);
  const started: StartedRecord = {
    command: identify(pid),
    runner: identify(process.pid),
    shell: spec.shell,
    time: begin,
  };
  writeAtomically(spec.started, started);
  rmSync(specFile, { force: true });
  child.once("exit", (exitCode, signal) => {
    const end = Date.now();
    const exit: ExitRecord = { exitCode, signal, endTime: end, durationMs: end - begin };
    writeAtomically(spec.exit, exit);
  });
}

/** Whoever stops the run signals the command; this process must outlive it to tell the end. */
function ignoreSignals(): void {
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, () => undefined);
}

function commandEnvironment(): NodeJS.ProcessEnv {
  const environment = { ...process.env };
  // This process's own, which would turn an Electron that the command starts into a Node.
  for (const name of ["ELECTRON_RUN_AS_NODE", "CAIRN_RUN_ROLE"]) Reflect.deleteProperty(environment, name);
  return environment;
}

function reason(error: NodeJS.ErrnoException, file: string): string {
  if (error.code === "ENOENT") return `${file}: command not found.`;
  if (error.code === "EACCES") return `${file}: not allowed to execute it.`;
  return error.message;
}

function fail(spec: RunnerSpec, begin: number, output: number, code: string, message: string): void {
  writeSync(output, `cairn: ${message}\n`);
  const end = Date.now();
  const exit: ExitRecord = {
    exitCode: null,
    signal: null,
    endTime: end,
    durationMs: end - begin,
    error: { code, message },
  };
  writeAtomically(spec.exit, exit);
}

function writeAtomically(file: string, record: StartedRecord | ExitRecord): void {
  const temporary = `${file}.tmp`;
  const fd = openSync(temporary, "w", 0o600);
  writeSync(fd, JSON.stringify(record));
  fsyncSync(fd);
  closeSync(fd);
  renameSync(temporary, file);
}

main(process.argv[2] ?? "");
