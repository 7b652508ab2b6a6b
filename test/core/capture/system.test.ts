import { execFileSync } from "node:child_process";
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import fc from "fast-check";
import { expect, onTestFinished, test } from "vitest";
import { networkMetrics, SystemSampler } from "../../../src/core/capture/index.js";
import { parseCuda, parseGpus, parseSamples } from "../../../src/core/capture/nvidia.js";
import { parseCpuTimes, parseMemory, parseNetwork } from "../../../src/core/capture/system/readings.js";
import { pythonOf } from "../../peers/env.ts";

function tempFolder(): string {
  const folder = mkdtempSync(path.join(os.tmpdir(), "cairn-system-"));
  onTestFinished(() => {
    rmSync(folder, { recursive: true, force: true });
  });
  return folder;
}

/** A program that answers as the driver's does for two GPUs, of which the second tells little. */
function fakeNvidiaSmi(
  answer = 'echo "0, 97, 40960, 81920, 300.50, 400.00"; echo "1, [N/A], 512, 24576, [Not Supported], [N/A]"',
): string {
  const folder = tempFolder();
  const file = path.join(folder, "nvidia-smi");
  writeFileSync(file, `#!/bin/sh\necho . >> "${folder}/calls"\n${answer}\n`);
  chmodSync(file, 0o755);
  return folder;
}

test("the names are those of MLflow's own client", { timeout: 300_000 }, async () => {
  const python = await pythonOf("tracking");
  const folder = execFileSync(
    python,
    ["-c", "import importlib.util as u; print(u.find_spec('mlflow').submodule_search_locations[0])"],
    { encoding: "utf8" },
  ).trim();
  const monitors = ["cpu", "disk", "network", "gpu"].map((name) =>
    readFileSync(path.join(folder, "system_metrics", "metrics", `${name}_monitor.py`), "utf8"),
  );
  const theirs = monitors.flatMap((text) =>
    [...text.matchAll(/self\._metrics\[f?"([^"]+)"\]/g)].map(
      ([, name = ""]) => `system/${name.replace("{i}", "0")}`,
    ),
  );
  const sampler = new SystemSampler(os.tmpdir(), { PATH: `${fakeNvidiaSmi()}:/bin:/usr/bin` });
  await sampler.sample();
  const begin = Date.now();
  while (Date.now() - begin < 60) Math.sqrt(begin);
  const { metrics, network } = await sampler.sample();
  const traffic = network ?? { received: 0, sent: 0 };
  const ours = [...metrics.keys(), ...networkMetrics(traffic, traffic).map(([name]) => name)];
  expect(new Set(theirs).size).toBeGreaterThan(10);
  expect(ours.filter((name) => !name.includes("gpu_1")).sort()).toEqual([...new Set(theirs)].sort());
});

test("values are the system's own", async () => {
  const folder = tempFolder();
  const { metrics } = await new SystemSampler(folder).sample();
  const [used = 0, available = 0] =
    execFileSync("df", ["-B1", "--output=used,avail", folder], { encoding: "utf8" })
      .trim()
      .split("\n")[1]
      ?.trim()
      .split(/\s+/)
      .map(Number) ?? [];
  const value = (name: string): number => metrics.get(`system/${name}`) ?? Number.NaN;
  expect(Math.abs(value("disk_usage_megabytes") - used / 1e6)).toBeLessThan(200);
  expect(Math.abs(value("disk_available_megabytes") - available / 1e6)).toBeLessThan(200);
  expect(value("disk_usage_percentage")).toBeCloseTo((100 * used) / (used + available), 0);
  expect(value("system_memory_usage_percentage")).toBeCloseTo(
    (100e6 * value("system_memory_usage_megabytes")) / os.totalmem(),
    0,
  );
  expect(metrics.has("system/cpu_utilization_percentage")).toBe(false);
});

test("a processor at work is told as used", async () => {
  const sampler = new SystemSampler(os.tmpdir());
  await sampler.sample();
  const begin = Date.now();
  while (Date.now() - begin < 300) Math.sqrt(begin);
  const use = (await sampler.sample()).metrics.get("system/cpu_utilization_percentage") ?? 0;
  // One of the cores was busy all the time.
  expect(use).toBeGreaterThan(70 / os.cpus().length);
  expect(use).toBeLessThanOrEqual(100);
});

test("a GPU tells what it can", async () => {
  const { metrics } = await new SystemSampler(os.tmpdir(), {
    PATH: `${fakeNvidiaSmi()}:/bin:/usr/bin`,
  }).sample();
  expect(Object.fromEntries([...metrics].filter(([name]) => name.includes("gpu_")))).toEqual({
    "system/gpu_0_utilization_percentage": 97,
    "system/gpu_0_memory_usage_megabytes": 42949.7,
    "system/gpu_0_memory_usage_percentage": 50,
    "system/gpu_0_power_usage_watts": 300.5,
    "system/gpu_0_power_usage_percentage": 75.1,
    "system/gpu_1_memory_usage_megabytes": 536.9,
    "system/gpu_1_memory_usage_percentage": 2.1,
  });
});

test("a driver that fails is asked three times and then left alone", async () => {
  const folder = fakeNvidiaSmi("exit 9");
  const sampler = new SystemSampler(os.tmpdir(), { PATH: folder });
  for (let i = 0; i < 6; i++)
    expect([...(await sampler.sample()).metrics.keys()].join()).not.toContain("gpu");
  expect(readFileSync(path.join(folder, "calls"), "utf8")).toBe(".\n.\n.\n");
});

test("files of /proc are read as documented", () => {
  expect(parseCpuTimes("cpu  10 20 30 400 50 6 7 8 9 1\ncpu0 1 1 1 1\n")).toEqual({ busy: 81, total: 531 });
  expect(parseCpuTimes("cpu  10 20 30 400\n")).toEqual({ busy: 60, total: 460 });
  expect(parseMemory("MemTotal:  1000 kB\nMemFree:  100 kB\nMemAvailable:  400 kB\n")).toEqual({
    total: 1024000,
    used: 614400,
  });
  const head = "Inter-|   Receive  | Transmit\n face |bytes packets errs|bytes packets\n";
  const eth = "  eth0: 1000 1 0 0 0 0 0 0 2000 1 0 0 0 0 0 0\n";
  const lo = "    lo:50 1 0 0 0 0 0 0 60 1 0 0 0 0 0 0\n";
  expect(parseNetwork(head + eth + lo)).toEqual({ received: 1050, sent: 2060 });
  expect(networkMetrics({ received: 50, sent: 60 }, { received: 1_000_050, sent: 60 })).toEqual([
    ["system/network_receive_megabytes", 1],
    ["system/network_transmit_megabytes", 0],
  ]);
});

test("any text in their place gives numbers or nothing", () => {
  const part = fc.constantFrom(
    "cpu ",
    "MemTotal:",
    " kB",
    "\n",
    "1",
    " ",
    "eth0:",
    ", ",
    "[N/A]",
    "CUDA Version: ",
    "-",
    ".",
  );
  const text = fc.oneof(
    fc.string(),
    fc.array(part, { maxLength: 60 }).map((parts) => parts.join("")),
  );
  fc.assert(
    fc.property(text, (any) => {
      for (const found of [
        parseCpuTimes(any),
        parseMemory(any),
        parseNetwork(any),
        ...parseSamples(any),
        ...parseGpus(any),
      ]) {
        for (const value of Object.values(found ?? {})) expect(value).not.toBeNaN();
      }
      parseCuda(any);
    }),
    { numRuns: 500 },
  );
});
