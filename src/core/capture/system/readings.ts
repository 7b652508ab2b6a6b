import { readFile, statfs } from "node:fs/promises";
import os from "node:os";

/** Time since the boot, in the system's ticks. */
export interface CpuTimes {
  busy: number;
  total: number;
}

/** Bytes. */
export interface MemoryUse {
  used: number;
  total: number;
}

/** Bytes; as `df` counts: what only root may still fill is neither used nor available. */
export interface DiskSpace {
  used: number;
  available: number;
}

/** Bytes over all interfaces since the boot, the loopback's too, as psutil counts. */
export interface NetworkTraffic {
  received: number;
  sent: number;
}

/** The first line of /proc/stat. Time for guests is part of user time already; waiting for a disk is idling. */
export function parseCpuTimes(stat: string): CpuTimes | undefined {
  const fields = /^cpu +(\d[\d ]*)$/m.exec(stat)?.[1]?.trim().split(/ +/).map(Number);
  if (fields === undefined || fields.length < 4) return undefined;
  const [user = 0, nice = 0, kernel = 0, idle = 0, wait = 0, irq = 0, soft = 0, steal = 0] = fields;
  const busy = user + nice + kernel + irq + soft + steal;
  return { busy, total: busy + idle + wait };
}

/** /proc/meminfo, which counts in kB. Used is what is not available, as `free` and psutil say. */
export function parseMemory(text: string): MemoryUse | undefined {
  const value = (name: string): number | undefined => {
    const found = new RegExp(`^${name}: +(\\d+) kB$`, "m").exec(text)?.[1];
    return found === undefined ? undefined : Number(found) * 1024;
  };
  const total = value("MemTotal");
  const available = value("MemAvailable") ?? value("MemFree");
  if (total === undefined || available === undefined || total === 0) return undefined;
  return { total, used: Math.max(0, total - available) };
}

/** /proc/net/dev: two lines of headings, then a line an interface; bytes received are first, bytes sent ninth. */
export function parseNetwork(text: string): NetworkTraffic | undefined {
  const rows = [...text.matchAll(/^ *[^\s:]+: *(\d[\d ]*)$/gm)].map(([, numbers = ""]) =>
    numbers.trim().split(/ +/),
  );
  if (rows.length === 0) return undefined;
  const sum = (column: number): number => rows.reduce((total, row) => total + Number(row[column] ?? 0), 0);
  return { received: sum(0), sent: sum(8) };
}

async function proc<T>(file: string, parse: (text: string) => T | undefined): Promise<T | undefined> {
  if (process.platform !== "linux") return undefined;
  return readFile(file, "utf8").then(parse, () => undefined);
}

function cpuTimesOfNode(): CpuTimes | undefined {
  const cpus = os.cpus();
  if (cpus.length === 0) return undefined;
  const total = cpus.reduce((sum, { times }) => sum + Object.values(times).reduce((a, b) => a + b, 0), 0);
  return { total, busy: total - cpus.reduce((sum, { times }) => sum + times.idle, 0) };
}

export async function readCpu(): Promise<CpuTimes | undefined> {
  return (await proc("/proc/stat", parseCpuTimes)) ?? cpuTimesOfNode();
}

export async function readMemory(): Promise<MemoryUse> {
  const total = os.totalmem();
  return (await proc("/proc/meminfo", parseMemory)) ?? { total, used: total - process.availableMemory() };
}

/** Linux only: elsewhere the system has no file for it. */
export function readNetwork(): Promise<NetworkTraffic | undefined> {
  return proc("/proc/net/dev", parseNetwork);
}

/** Of the disk that `folder` lies on. */
export async function readDisk(folder: string): Promise<DiskSpace | undefined> {
  try {
    const { bsize, blocks, bfree, bavail } = await statfs(folder);
    return { used: (blocks - bfree) * bsize, available: bavail * bsize };
  } catch {
    return undefined;
  }
}
