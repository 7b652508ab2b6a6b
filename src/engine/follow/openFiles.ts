import { readdirSync, readFileSync, readlinkSync } from "node:fs";

/**
 * Which of `files` (absolute real paths) are open for writing, and in which processes: all that may be looked at, or
 * those of `pids`. Undefined where the system does not tell (only Linux does).
 */
export function writersOf(
  files: ReadonlySet<string>,
  pids: Iterable<number> = everyProcess(),
): Map<string, number[]> | undefined {
  if (process.platform !== "linux") return undefined;
  const found = new Map<string, number[]>();
  for (const pid of pids) {
    for (const descriptor of list(`/proc/${pid}/fd`)) {
      const file = target(`/proc/${pid}/fd/${descriptor}`);
      if (file === undefined || !files.has(file) || !isWritable(pid, descriptor)) continue;
      const writers = found.get(file) ?? [];
      if (!writers.includes(pid)) found.set(file, [...writers, pid]);
    }
  }
  return found;
}

function everyProcess(): number[] {
  return list("/proc")
    .filter((name) => /^\d+$/.test(name))
    .map(Number);
}

function list(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return []; // gone, or another user's
  }
}

function target(link: string): string | undefined {
  try {
    return readlinkSync(link);
  } catch {
    return undefined;
  }
}

/** Who only reads, such as a TensorBoard beside, has written nothing. */
function isWritable(pid: number, descriptor: string): boolean {
  try {
    const flags = /^flags:\s*([0-7]+)$/m.exec(
      readFileSync(`/proc/${pid}/fdinfo/${descriptor}`, "latin1"),
    )?.[1];
    return flags !== undefined && (Number.parseInt(flags, 8) & 3) !== 0;
  } catch {
    return false;
  }
}
