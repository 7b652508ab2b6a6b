import { spawn } from "node:child_process";
import { closeSync, existsSync, fsyncSync, openSync, renameSync, writeSync } from "node:fs";
import { identify } from "../../core/runs/processIdentity.js";
import type { ExitRecord, RunnerSpec, StartedRecord } from "../../core/runs/records.js";
import { type MaskedConsole, openMaskedConsole } from "./maskedConsole.js";

/** How often it is looked whether what the command left behind still writes. */
const LEFT_BEHIND_MS = 500;

/**
 * Starts the command that it is told on its standard input, waits, writes down how it ended. Detached from the engine,
 * and the command's output goes straight to a file, so neither the engine's nor this process's death breaks the
 * training. What is secret comes and goes by the pipe: arguments and values are on no disk.
 */
async function main(): Promise<void> {
  const spec = await readSpec();
  if (spec === undefined || !existsSync(spec.marker)) return;
  ignoreSignals();
  const begin = Date.now();
  const output = openSync(spec.console, "a", 0o600);
  const [file = "", ...args] = spec.argv;
  if (!existsSync(spec.cwd)) {
    fail(spec, begin, output, "ENOTDIR", `The folder ${spec.cwd} does not exist.`);
    return;
  }
  const masked =
    spec.secrets.length === 0 ? undefined : openMaskedConsole(spec.console, output, spec.secrets);
  const console = masked?.fd ?? output;
  const child = spawn(file, args, {
    cwd: spec.cwd,
    detached: true,
    windowsHide: true,
    windowsVerbatimArguments: spec.verbatim,
    stdio: ["ignore", console, console],
    env: commandEnvironment(),
  });
  child.once("error", (error: NodeJS.ErrnoException) => {
    if (child.pid !== undefined) return;
    fail(spec, begin, output, error.code ?? "", reason(error, file));
    masked?.end();
  });
  const { pid } = child;
  if (pid === undefined) return;
  if (masked === undefined) closeSync(output);
  const started: StartedRecord = {
    command: identify(pid),
    runner: identify(process.pid),
    ...(masked?.keeper === undefined ? {} : { keeper: masked.keeper }),
    shell: spec.shell,
    time: begin,
    cwd: spec.cwd,
  };
  writeAtomically(spec.started, started);
  child.once("exit", (exitCode, signal) => {
    const end = Date.now();
    const exit: ExitRecord = { exitCode, signal, endTime: end, durationMs: end - begin };
    // Whoever sees the record finds the whole output.
    masked?.copy();
    writeAtomically(spec.exit, exit);
    if (masked !== undefined) endWithGroup(pid, masked);
  });
}

/** The engine may have died before it had said everything: then nothing is started. */
async function readSpec(): Promise<RunnerSpec | undefined> {
  const parts: Buffer[] = [];
  for await (const part of process.stdin) parts.push(part as Buffer);
  try {
    return JSON.parse(Buffer.concat(parts).toString("utf8")) as RunnerSpec;
  } catch {
    return undefined;
  }
}

/** What the command started and left behind may still write. */
function endWithGroup(pid: number, masked: MaskedConsole): void {
  try {
    if (process.platform !== "win32") process.kill(-pid, 0);
    else throw new Error("Windows knows no groups.");
  } catch {
    masked.end();
    return;
  }
  setTimeout(() => {
    endWithGroup(pid, masked);
  }, LEFT_BEHIND_MS);
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

void main();
