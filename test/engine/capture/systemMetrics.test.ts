import { writeFileSync } from "node:fs";
import path from "node:path";
import { expect, test } from "vitest";
import type { EngineClient } from "../../../src/engine/client/index.ts";
import { testProject, until } from "../projects.ts";

const CPU = "system/cpu_utilization_percentage";
const waiting = ["sh", "-c", "n=0; while [ ! -e go ] && [ $n -lt 600 ]; do sleep 0.05; n=$((n+1)); done"];

async function steps(client: EngineClient, runId: string, key = CPU): Promise<number[]> {
  const { items } = await client.request("history", { runId, key });
  return items.map(({ step }) => step);
}

test(
  "the use of the machine is logged while a run lives, on through an engine's death, and not after",
  { timeout: 60_000 },
  async () => {
    const project = testProject();
    writeFileSync(path.join(project.folder, "cairn.yaml"), "system: {every: 1s}\n");
    const client = await project.connect();
    const { runId } = await client.request("runStart", { command: waiting });
    await until(async () => (await steps(client, runId)).length >= 2, "two samples");
    await project.killEngine();

    const again = await project.connect();
    const before = (await steps(again, runId)).length;
    await until(async () => (await steps(again, runId)).length >= before + 2, "two more samples");
    const { run } = await again.request("run", { runId });
    const names = run.data.metrics.map(({ key }) => key).filter((key) => !key.includes("/gpu_"));
    expect(names.sort()).toEqual(
      [
        CPU,
        "system/system_memory_usage_megabytes",
        "system/system_memory_usage_percentage",
        "system/disk_usage_megabytes",
        "system/disk_usage_percentage",
        "system/disk_available_megabytes",
        ...(process.platform === "linux"
          ? ["system/network_receive_megabytes", "system/network_transmit_megabytes"]
          : []),
      ].sort(),
    );
    writeFileSync(path.join(project.folder, "go"), "");
    await until(
      async () => (await again.request("run", { runId })).run.info.status === "FINISHED",
      "the run has ended",
    );
    const found = await steps(again, runId, "system/system_memory_usage_percentage");
    const cpu = await steps(again, runId);
    expect(found).toEqual([...new Set(found)].sort((a, b) => a - b));
    expect(found.length - cpu.length).toBeLessThanOrEqual(1);
    expect(found[0]).toBe(0);
    expect(found.at(-1)).toBe(found.length - 1);
    const { items } = await again.request("history", { runId, key: "system/network_receive_megabytes" });
    const traffic = items.map(({ value }) => value);
    expect(traffic).toEqual([...traffic].sort((a, b) => a - b));
  },
);

test("`system: false` logs nothing", { timeout: 30_000 }, async () => {
  const project = testProject();
  const client = await project.connect();
  writeFileSync(path.join(project.folder, "cairn.yaml"), "system: false\n");
  const silent = await client.request("runStart", { command: waiting });
  writeFileSync(path.join(project.folder, "cairn.yaml"), "system: {every: 1s}\n");
  const loud = await client.request("runStart", { command: waiting });
  await until(async () => (await steps(client, loud.runId)).length >= 2, "two samples of the other run");
  expect((await client.request("run", { runId: silent.runId })).run.data.metrics).toEqual([]);
  writeFileSync(path.join(project.folder, "go"), "");
});
