import { existsSync, readFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import type { EnvironmentState } from "../../shared/capture.js";
import { toError } from "../../shared/errors.js";
import { type CommandPlace, findPython } from "./findPython.js";
import { findNvidiaSmi, readGpus } from "./nvidia.js";
import { readPython } from "./pythonState.js";

/** "Debian GNU/Linux 12 (bookworm), Linux 6.1.0" */
function system(): string {
  const kernel = `${os.type()} ${os.release()}`;
  if (process.platform !== "linux") return os.version() === "" ? kernel : `${os.version()}, ${kernel}`;
  try {
    const name = /^PRETTY_NAME="?([^"\n]*)"?$/m.exec(readFileSync("/etc/os-release", "utf8"))?.[1];
    return name === undefined ? kernel : `${name}, ${kernel}`;
  } catch {
    return kernel;
  }
}

/** This machine. `cores` are those that a process may use. */
export function describeMachine(): EnvironmentState["machine"] {
  const cpus = os.cpus();
  return {
    host: os.hostname(),
    os: system(),
    architecture: os.arch(),
    cpu: cpus[0]?.model.trim() ?? "",
    cores: os.availableParallelism(),
    memory: os.totalmem(),
  };
}

function pythonPath({ cwd, environment }: CommandPlace): string[] {
  const folders = (environment.PYTHONPATH ?? "").split(path.delimiter).filter((folder) => folder !== "");
  return folders.map((folder) => path.resolve(cwd, folder)).filter((folder) => existsSync(folder));
}

/**
 * Where a command runs: its Python with what is installed, GPUs, the machine. Of its environment variables only those
 * are looked at that lead to a Python, and none is recorded. Never throws: what cannot be found out is in `notes`.
 */
export async function captureEnvironment(place: CommandPlace): Promise<EnvironmentState> {
  const begin = performance.now();
  const notes: string[] = [];
  const program = findNvidiaSmi(place.environment);
  const gpus =
    program === undefined ? undefined : readGpus(program).catch((error: unknown) => toError(error));
  let python: EnvironmentState["python"] = null;
  try {
    const executable = findPython(place);
    if (executable !== undefined) python = await readPython(executable, pythonPath(place), notes);
  } catch (error) {
    notes.push(`The Python environment cannot be read: ${toError(error).message}`);
  }
  const found = await gpus;
  if (found instanceof Error) notes.push(`nvidia-smi fails: ${found.message.split("\n")[0] ?? ""}`);
  const { cuda, gpus: list } =
    found === undefined || found instanceof Error ? { cuda: null, gpus: [] } : found;
  return {
    python,
    cuda,
    gpus: list,
    machine: describeMachine(),
    leftOut: [],
    notes,
    took: Math.round(performance.now() - begin),
  };
}
