import { type ChildProcess, type StdioOptions, spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { openSync, closeSync, readFileSync, readdirSync } from "node:fs";
import { setTimeout as delay } from "node:timers/promises";

/** Every process started through this module inherits this variable, also those that leave its process group. */
const variable = "CAIRN_HARNESS";

/** How long processes may take to end themselves after SIGTERM. */
const graceMs = 5_000;

export interface ProcessTree {
  readonly child: ChildProcess;
  /** Settles with the exit code, or 128 and more for a signal, when the first process has ended. */
  readonly exited: Promise<number>;
  /** Commands of the processes of the tree that are still running. */
  running(): string[];
  /** Ends every process of the tree, detached ones included, and returns when none is left. */
  stop(): Promise<void>;
}

export interface TreeOptions {
  cwd?: string;
  env?: NodeJS.ProcessEnv;
  /** Where output goes: this process's own, nowhere, a file, or stdout to a pipe and stderr to this process's own. */
  output: "inherit" | "ignore" | "stdout" | { file: string };
}

const running = new Set<ProcessTree>();

/** Starts a program in a process group of its own, so that a Ctrl-C in the terminal does not reach it unasked. */
export function startTree(command: string, args: readonly string[], options: TreeOptions): ProcessTree {
  const id = randomUUID();
  const file = typeof options.output === "object" ? openSync(options.output.file, "a") : undefined;
  const child = spawn(command, args, {
    cwd: options.cwd,
    env: { ...(options.env ?? process.env), [variable]: `${process.env[variable] ?? ""}/${id}` },
    stdio: file === undefined ? stdioOf(options.output) : ["ignore", file, file],
    detached: true,
    windowsHide: true,
  });
  if (file !== undefined) closeSync(file);

  const exited = new Promise<number>((resolve, reject) => {
    child.on("error", (error) => {
      running.delete(tree);
      reject(new Error(`Failed to start ${command}: ${error.message}`, { cause: error }));
    });
    child.on("exit", (code, signal) => resolve(code ?? (signal ? 128 : 1)));
  });
  // A program that cannot be started is reported to whoever waits for it; nobody may be waiting.
  exited.catch(() => undefined);
  const tree: ProcessTree = {
    child,
    exited,
    running: () => membersOf(id, child.pid).map(describe),
    stop: async () => {
      await endAll(() => membersOf(id, child.pid));
      running.delete(tree);
    },
  };
  running.add(tree);
  return tree;
}

function stdioOf(output: TreeOptions["output"]): StdioOptions {
  if (output === "stdout") return ["ignore", "pipe", "inherit"];
  return ["ignore", output === "inherit" ? "inherit" : "ignore", output === "inherit" ? "inherit" : "ignore"];
}

/** Ends every tree that was started here and not stopped yet. */
export async function stopAllTrees(): Promise<void> {
  await Promise.all([...running].map((tree) => tree.stop()));
}

/**
 * Ends all trees and then this process when it is told to end, or when the process that started it is gone.
 * @param cleanUp what else is to be done before the end
 */
export function endOnSignals(cleanUp: () => Promise<void> = () => Promise.resolve()): void {
  let ending = false;
  const end = (code: number) => {
    if (ending) return;
    ending = true;
    void stopAllTrees()
      .then(cleanUp)
      .catch((error: unknown) => process.stderr.write(`${String(error)}\n`))
      .finally(() => process.exit(code));
  };
  process.on("SIGINT", () => end(130));
  process.on("SIGTERM", () => end(143));
  process.on("SIGHUP", () => end(129));
  const parent = process.ppid;
  setInterval(() => {
    if (process.ppid !== parent) end(129);
  }, 500).unref();
}

/** Processes that carry the mark `id` in their environment (Linux), or are in the process group `group`. */
export function membersOf(id: string, group?: number): number[] {
  if (process.platform !== "linux") return group !== undefined && send(-group, 0) ? [-group] : [];
  return readdirSync("/proc")
    .map(Number)
    .filter((pid) => pid > 0 && pid !== process.pid)
    .filter((pid) => isMember(pid, id, group));
}

/** Linux only. A process that has ended but was not collected by its parent yet does not count. */
function isMember(pid: number, id: string, group: number | undefined): boolean {
  try {
    const { state, processGroup } = readState(pid);
    if (state === "Z" || state === "X") return false;
    return processGroup === group || readFileSync(`/proc/${pid}/environ`, "latin1").includes(id);
  } catch {
    // Ended meanwhile, or another user's.
    return false;
  }
}

function describe(pid: number): string {
  try {
    return `${pid} ${readFileSync(`/proc/${pid}/cmdline`, "utf8").replaceAll("\0", " ").trim()}`;
  } catch {
    return String(pid);
  }
}

function readState(pid: number): { state: string; processGroup: number } {
  const stat = readFileSync(`/proc/${pid}/stat`, "latin1");
  // The name before these fields is in brackets and may itself contain any of them.
  const [state = "", , group = ""] = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  return { state, processGroup: Number(group) };
}

/** Whether a process is running; one that only waits to be collected is not. */
export function isRunning(pid: number): boolean {
  if (process.platform !== "linux") return send(pid, 0);
  try {
    return !["Z", "X"].includes(readState(pid).state);
  } catch {
    return false;
  }
}

async function endAll(find: () => number[]): Promise<void> {
  if (process.platform === "win32") {
    for (const pid of find())
      spawn("taskkill", ["/pid", String(Math.abs(pid)), "/T", "/F"], { windowsHide: true });
    return;
  }
  const deadline = Date.now() + graceMs;
  for (let left = find(); left.length > 0; left = find()) {
    const signal = Date.now() < deadline ? "SIGTERM" : "SIGKILL";
    for (const pid of left) send(pid, signal);
    await delay(100);
  }
}

function send(pid: number, signal: NodeJS.Signals | 0): boolean {
  try {
    process.kill(pid, signal);
    return true;
  } catch {
    return false;
  }
}
