import { type GpuSample, findNvidiaSmi, sampleGpus } from "../nvidia.js";
import {
  type CpuTimes,
  type NetworkTraffic,
  readCpu,
  readDisk,
  readMemory,
  readNetwork,
} from "./readings.js";

/** MLflow's: a megabyte has a million bytes. */
const MB = 1e6;

/** One look at the machine: metrics by MLflow's names, without what this machine does not tell. */
export interface SystemSample {
  metrics: ReadonlyMap<string, number>;
  /** Since the boot; a run's own traffic is the difference to that at its start. */
  network: NetworkTraffic | undefined;
}

/** MLflow rounds so. */
const tenth = (value: number): number => Math.round(value * 10) / 10;

function cpuUse(before: CpuTimes | undefined, now: CpuTimes | undefined): number | undefined {
  if (before === undefined || now === undefined || now.total <= before.total) return undefined;
  return Math.min(100, Math.max(0, (100 * (now.busy - before.busy)) / (now.total - before.total)));
}

/** Metrics of one GPU, as MLflow's client logs them with NVIDIA's own library. */
export function gpuMetrics({ index, ...gpu }: GpuSample): [string, number][] {
  const { utilization, memoryUsed, memoryTotal, power, powerLimit } = gpu;
  const part = (a: number | null, b: number | null): number | null =>
    a === null || b === null || b === 0 ? null : (a / b) * 100;
  const all: [string, number | null][] = [
    ["utilization_percentage", utilization],
    ["memory_usage_megabytes", memoryUsed === null ? null : memoryUsed / MB],
    ["memory_usage_percentage", part(memoryUsed, memoryTotal)],
    ["power_usage_watts", power],
    ["power_usage_percentage", part(power, powerLimit)],
  ];
  return all.flatMap(([name, value]): [string, number][] =>
    value === null ? [] : [[`system/gpu_${index}_${name}`, tenth(value)]],
  );
}

/** The traffic since `start` as metrics. */
export function networkMetrics(start: NetworkTraffic, now: NetworkTraffic): [string, number][] {
  return [
    ["system/network_receive_megabytes", Math.max(0, now.received - start.received) / MB],
    ["system/network_transmit_megabytes", Math.max(0, now.sent - start.sent) / MB],
  ];
}

/**
 * Looks at the machine: processor since the last look, memory, the disk that `folder` lies on, network, and NVIDIA's
 * GPUs where their driver is. Costs about a millisecond; with GPUs a process of 50 ms.
 */
export class SystemSampler {
  private cpu: CpuTimes | undefined;
  private readonly nvidiaSmi: string | undefined;
  private failures = 0;

  constructor(
    private readonly folder: string,
    environment: Readonly<Record<string, string | undefined>> = process.env,
  ) {
    this.nvidiaSmi = findNvidiaSmi(environment);
  }

  /** Never throws. The first look tells no use of the processor, which is that between two looks. */
  async sample(): Promise<SystemSample> {
    const [cpu, memory, disk, network, gpus] = await Promise.all([
      readCpu(),
      readMemory(),
      readDisk(this.folder),
      readNetwork(),
      this.gpus(),
    ]);
    const metrics = new Map<string, number>();
    const use = cpuUse(this.cpu, cpu);
    this.cpu = cpu;
    if (use !== undefined) metrics.set("system/cpu_utilization_percentage", tenth(use));
    metrics.set("system/system_memory_usage_megabytes", tenth(memory.used / MB));
    metrics.set("system/system_memory_usage_percentage", tenth((100 * memory.used) / memory.total));
    if (disk !== undefined) {
      metrics.set("system/disk_usage_megabytes", tenth(disk.used / MB));
      metrics.set(
        "system/disk_usage_percentage",
        tenth((100 * disk.used) / Math.max(1, disk.used + disk.available)),
      );
      metrics.set("system/disk_available_megabytes", tenth(disk.available / MB));
    }
    for (const [name, value] of gpus.flatMap(gpuMetrics)) metrics.set(name, value);
    return { metrics, network };
  }

  /** A driver that fails three times on end is not asked again. */
  private async gpus(): Promise<GpuSample[]> {
    if (this.nvidiaSmi === undefined || this.failures >= 3) return [];
    try {
      const samples = await sampleGpus(this.nvidiaSmi);
      this.failures = 0;
      return samples;
    } catch {
      this.failures++;
      return [];
    }
  }
}
