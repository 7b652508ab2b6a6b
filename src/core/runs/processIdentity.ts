import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";

/** Nothing but node's own modules here: the runner is bundled from this file and must stay small. */

export interface Identity {
  pid: number;
  startTime: string | null;
}

interface ProcStat {
  state: string;
  parent: number;
  group: number;
  session: number;
  startTicks: string;
}

/** /proc/PID/stat; the name, second, may itself hold spaces and brackets. Undefined when there is no such process. */
export function readProcStat(pid: number): ProcStat | undefined {
  let text: string;
  try {
    text = readFileSync(`/proc/${pid}/stat`, "latin1");
  } catch {
    return undefined;
  }
  const fields = text.slice(text.lastIndexOf(")") + 2).split(" ");
  return {
    state: fields[0] ?? "X",
    parent: Number(fields[1]),
    group: Number(fields[2]),
    session: Number(fields[3]),
    startTicks: fields[19] ?? "",
  };
}

function bootId(): string {
  try {
    return readFileSync("/proc/sys/kernel/random/boot_id", "latin1").trim();
  } catch {
    return "";
  }
}

function macStartTime(pid: number): string | undefined {
  try {
    const text = execFileSync("ps", ["-o", "stat=,lstart=", "-p", String(pid)], {
      encoding: "utf8",
      stdio: ["ignore", "pipe", "ignore"],
    }).trim();
    return text === "" || text.startsWith("Z") ? undefined : text.slice(text.indexOf(" ")).trim();
  } catch {
    return undefined;
  }
}

/** Who `pid` is now; `startTime` is null where the platform has no cheap answer (Windows). */
export function identify(pid: number): Identity {
  if (process.platform === "linux") {
    const stat = readProcStat(pid);
    return { pid, startTime: stat === undefined ? null : `${bootId()}:${stat.startTicks}` };
  }
  if (process.platform === "darwin") return { pid, startTime: macStartTime(pid) ?? null };
  return { pid, startTime: null };
}

/** Whether this very process still runs. A zombie does not: in containers nobody may ever reap it. */
export function isAlive(identity: Identity): boolean {
  if (process.platform === "linux") {
    const stat = readProcStat(identity.pid);
    if (stat === undefined || stat.state === "Z" || stat.state === "X") return false;
    return identity.startTime === null || identity.startTime === `${bootId()}:${stat.startTicks}`;
  }
  try {
    process.kill(identity.pid, 0);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EPERM") return false;
  }
  if (process.platform !== "darwin" || identity.startTime === null) return true;
  return macStartTime(identity.pid) === identity.startTime;
}
