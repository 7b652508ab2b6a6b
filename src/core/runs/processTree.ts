import { execFile } from "node:child_process";
import { readFileSync, readdirSync } from "node:fs";
import { promisify } from "node:util";
import { isAlive, readProcStat, type Identity } from "./processIdentity.js";

const run = promisify(execFile);

export interface RunProcesses {
  runId: string;
  command: Identity;
  /** Spared: it must write down the end. */
  runner: Identity;
}

/**
 * Living processes of a run: the command's group and session, their descendants, and, on Linux, whoever else has the
 * run's id in the environment it was started with (a child that made itself a session and lost its parent).
 */
export async function processesOf(target: RunProcesses): Promise<RunProcess[]> {
  const { command } = target;
  // The tree below it is taskkill's business.
  if (process.platform === "win32") return isAlive(command) ? [{ pid: command.pid, group: command.pid }] : [];
  // This process may itself have been started by a run, and so bear its mark: neither it nor what it started is meant.
  const spared = new Set([process.pid, target.runner.pid]);
  const rows = process.platform === "linux" ? linuxProcesses(target) : await psProcesses(target);
  return withDescendants(rows.filter((row) => !spared.has(row.pid)));
}

export interface RunProcess {
  pid: number;
  group: number;
}

interface Row extends RunProcess {
  parent: number;
  belongs: boolean;
}

/** Adds children of children until nothing is added. */
function withDescendants(rows: Row[]): RunProcess[] {
  const members = new Set(rows.filter((row) => row.belongs).map((row) => row.pid));
  for (let before = -1; before !== members.size;) {
    before = members.size;
    for (const row of rows) if (members.has(row.parent)) members.add(row.pid);
  }
  return rows.filter((row) => members.has(row.pid));
}

function linuxProcesses({ runId, command }: RunProcesses): Row[] {
  const mark = Buffer.from(`CAIRN_RUN_ID=${runId}\0`);
  // A later process may have got the dead leader's pid, but not while its group lives on.
  const leaderLives = isAlive(command);
  const rows: Row[] = [];
  for (const name of readdirSync("/proc")) {
    const pid = Number(name);
    if (!Number.isInteger(pid)) continue;
    const stat = readProcStat(pid);
    if (stat === undefined || stat.state === "Z" || stat.state === "X") continue;
    const inGroup = stat.group === command.pid || stat.session === command.pid;
    rows.push({
      pid,
      parent: stat.parent,
      group: stat.group,
      belongs: (inGroup && leaderLives) || hasMark(pid, mark),
    });
  }
  return rows;
}

function hasMark(pid: number, mark: Buffer): boolean {
  try {
    return readFileSync(`/proc/${pid}/environ`).includes(mark);
  } catch {
    return false; // another user's process, or gone
  }
}

async function psProcesses({ command }: RunProcesses): Promise<Row[]> {
  const { stdout } = await run("ps", ["-axo", "pid=,ppid=,pgid=,stat="], { maxBuffer: 16 << 20 });
  return stdout.split("\n").flatMap((line): Row[] => {
    const [pid, parent, group, state] = line.trim().split(/\s+/);
    if (state === undefined || state.startsWith("Z")) return [];
    return [
      {
        pid: Number(pid),
        parent: Number(parent),
        group: Number(group),
        belongs: Number(group) === command.pid,
      },
    ];
  });
}

/** Sends the signal to each; processes that are gone meanwhile are no error. Returns those that may not be signalled. */
export async function signalAll(
  processes: readonly RunProcess[],
  signal: "SIGTERM" | "SIGKILL",
): Promise<number[]> {
  if (process.platform === "win32") {
    for (const { pid } of processes) {
      const force = signal === "SIGKILL" ? ["/F"] : [];
      await run("taskkill", ["/T", ...force, "/PID", String(pid)], { windowsHide: true }).catch(
        () => undefined,
      );
    }
    return [];
  }
  const refused: number[] = [];
  for (const { pid } of processes) {
    try {
      process.kill(pid, signal);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === "EPERM") refused.push(pid);
    }
  }
  return refused;
}

/** The command's whole group at once, so that no child forked meanwhile is missed. */
export function signalGroup(command: Identity, signal: "SIGTERM" | "SIGKILL"): void {
  if (process.platform === "win32" || !isAlive(command)) return;
  try {
    process.kill(-command.pid, signal);
  } catch {
    // No group left: the caller looks at the processes one by one anyway.
  }
}
