import { execFile } from "node:child_process";
import { promisify } from "node:util";
import type { GpuInfo } from "../../shared/capture.js";
import { findOnPath } from "../runs/index.js";

const run = promisify(execFile);
const TIMEOUT_MS = 10_000;
const MIB = 1 << 20;

/** One GPU at one moment; null where the device does not tell. */
export interface GpuSample {
  index: number;
  /** Per cent of the time since the last look in which it was busy. */
  utilization: number | null;
  /** Bytes. */
  memoryUsed: number | null;
  memoryTotal: number | null;
  /** Watts. */
  power: number | null;
  powerLimit: number | null;
}

/** The program of NVIDIA's driver, if it is there. */
export function findNvidiaSmi(environment: Readonly<Record<string, string | undefined>>): string | undefined {
  return findOnPath("nvidia-smi", environment);
}

/** Rows of `--format=csv,noheader,nounits`. Names of GPUs hold no comma. */
function rows(csv: string, columns: number): string[][] {
  return csv
    .split(/\r?\n/)
    .map((line) => line.split(",").map((cell) => cell.trim()))
    .filter((cells) => cells.length === columns);
}

/** `[N/A]`, `[Not Supported]`, `[Unknown Error]` are no numbers. */
function number(cell: string | undefined): number | null {
  return cell !== undefined && /^-?\d+(\.\d+)?$/.test(cell) ? Number(cell) : null;
}

const bytes = (cell: string | undefined): number | null => {
  const mib = number(cell);
  return mib === null ? null : mib * MIB;
};

/** Of `--query-gpu=name,memory.total,driver_version`. */
export function parseGpus(csv: string): GpuInfo[] {
  return rows(csv, 3).map(([name = "", memory, driver]) => ({
    name,
    memory: bytes(memory),
    driver: driver === undefined || driver === "" || driver.startsWith("[") ? null : driver,
  }));
}

/** The version of CUDA that the driver supports, from the head of what `nvidia-smi` prints. */
export function parseCuda(text: string): string | null {
  return /CUDA (?:UMD )?Version\s*:\s*(\d+(?:\.\d+)*)/.exec(text)?.[1] ?? null;
}

const SAMPLE = "index,utilization.gpu,memory.used,memory.total,power.draw,enforced.power.limit";

/** Of `--query-gpu` with the columns of `SAMPLE`. */
export function parseSamples(csv: string): GpuSample[] {
  return rows(csv, 6).flatMap(([index, utilization, used, total, power, limit]) => {
    const at = number(index);
    if (at === null) return [];
    return [
      {
        index: at,
        utilization: number(utilization),
        memoryUsed: bytes(used),
        memoryTotal: bytes(total),
        power: number(power),
        powerLimit: number(limit),
      },
    ];
  });
}

async function query(program: string, columns: string): Promise<string> {
  const { stdout } = await run(program, [`--query-gpu=${columns}`, "--format=csv,noheader,nounits"], {
    timeout: TIMEOUT_MS,
    windowsHide: true,
  });
  return stdout;
}

/** Throws when the program fails, as it does where the driver does not fit the kernel. */
export async function readGpus(program: string): Promise<{ gpus: GpuInfo[]; cuda: string | null }> {
  const [list, head] = await Promise.all([
    query(program, "name,memory.total,driver_version"),
    run(program, [], { timeout: TIMEOUT_MS, windowsHide: true }),
  ]);
  return { gpus: parseGpus(list), cuda: parseCuda(head.stdout) };
}

export async function sampleGpus(program: string): Promise<GpuSample[]> {
  return parseSamples(await query(program, SAMPLE));
}
