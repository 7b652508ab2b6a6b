import { type SpawnOptions, spawn } from "node:child_process";
import { once } from "node:events";

/** Milliseconds: as the clock says, and of processor time, with that of all children. */
export interface Took {
  wall: number;
  cpu: number;
}

/** Runs a shell command in a folder and measures it. Throws what it said where it fails. */
export async function timed(command: string, cwd: string, env: Record<string, string> = {}): Promise<Took> {
  const options: SpawnOptions = { cwd, env: { ...process.env, ...env }, stdio: ["ignore", "ignore", "pipe"] };
  const child = spawn("bash", ["-c", `TIMEFORMAT='%3R %3U %3S'; time { ${command} ; }`], options);
  let stderr = "";
  child.stderr?.on("data", (data: Buffer) => (stderr += data.toString()));
  const [code] = (await once(child, "close")) as [number | null];
  const [wall = 0, user = 0, system = 0] = (stderr.trim().split("\n").at(-1) ?? "").split(" ").map(Number);
  if (code !== 0) throw new Error(`${command} failed: ${stderr}`);
  return { wall: wall * 1000, cpu: (user + system) * 1000 };
}

/** Whether a program can be called so. */
export async function works(command: string): Promise<boolean> {
  const [code] = (await once(spawn("bash", ["-c", command], { stdio: "ignore" }), "close")) as [
    number | null,
  ];
  return code === 0;
}
