import { type SpawnOptions, spawn } from "node:child_process";
import { once } from "node:events";
import { readdirSync, readFileSync } from "node:fs";

const LOOK_EVERY = 20;

/** Milliseconds: as the clock says, and of processor time, with that of all children. */
export interface Took {
  wall: number;
  cpu: number;
  /** Bytes of memory that the largest of its processes held at most; 0 where the system does not tell. */
  peak: number;
}

/** Runs a shell command in a folder and measures it. Throws what it said where it fails. */
export async function timed(command: string, cwd: string, env: Record<string, string> = {}): Promise<Took> {
  const options: SpawnOptions = { cwd, env: { ...process.env, ...env }, stdio: ["ignore", "ignore", "pipe"] };
  const child = spawn("bash", ["-c", `TIMEFORMAT='%3R %3U %3S'; time { ${command} ; }`], options);
  const peaks = new Map<number, number>();
  const looking = setInterval(() => {
    look(child.pid ?? 0, peaks);
  }, LOOK_EVERY);
  let stderr = "";
  child.stderr?.on("data", (data: Buffer) => (stderr += data.toString()));
  const [code] = (await once(child, "close")) as [number | null];
  clearInterval(looking);
  const [wall = 0, user = 0, system = 0] = (stderr.trim().split("\n").at(-1) ?? "").split(" ").map(Number);
  if (code !== 0) throw new Error(`${command} failed: ${stderr}`);
  return { wall: wall * 1000, cpu: (user + system) * 1000, peak: Math.max(0, ...peaks.values()) };
}

/** Notes the largest memory of a process and its children so far. */
function look(pid: number, peaks: Map<number, number>): void {
  try {
    const status = readFileSync(`/proc/${pid}/status`, "utf8");
    peaks.set(pid, Number(/VmHWM:\s+(\d+) kB/.exec(status)?.[1] ?? 0) * 1024);
    for (const thread of readdirSync(`/proc/${pid}/task`)) {
      const children = readFileSync(`/proc/${pid}/task/${thread}/children`, "utf8");
      for (const own of children.split(" ")) if (own !== "") look(Number(own), peaks);
    }
  } catch {
    // It has just ended, or the system has no such files.
  }
}

/** Whether a program can be called so. */
export async function works(command: string): Promise<boolean> {
  const [code] = (await once(spawn("bash", ["-c", command], { stdio: "ignore" }), "close")) as [
    number | null,
  ];
  return code === 0;
}
