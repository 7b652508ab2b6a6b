import { spawnSync } from "node:child_process";
import { rmSync, statfsSync, writeFileSync } from "node:fs";
import path from "node:path";
import { expect, test } from "vitest";
import { canMount } from "./canMount.ts";
import { testProject, type TestProject } from "./projects.ts";

const DISK = "8m";
const BATCH = 1000;

function onSmallDisk(): TestProject {
  const project = testProject("small disk");
  const mounted = spawnSync("mount", ["-t", "tmpfs", "-o", `size=${DISK}`, "tmpfs", project.folder]);
  expect(mounted.status, String(mounted.stderr)).toBe(0);
  project.onDispose(() => {
    spawnSync("umount", [project.folder]);
  });
  return project;
}

test.skipIf(!canMount())(
  "a disk that is full refuses what does not fit, keeps the rest and goes on",
  async () => {
    const project = onSmallDisk();
    const client = await project.connect();
    const { MLFLOW_TRACKING_URI: uri = "", MLFLOW_TRACKING_TOKEN: token = "" } = await client.request(
      "environment",
      {},
    );
    const post = async (route: string, body: object) => {
      const response = await fetch(`${uri}/api/2.0/mlflow/${route}`, {
        method: "POST",
        headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
        body: JSON.stringify(body),
      });
      return { status: response.status, answer: (await response.json()) as Record<string, unknown> };
    };
    const created = await post("runs/create", { experiment_id: "0", start_time: 1 });
    const { run_id: runId } = (created.answer.run as { info: { run_id: string } }).info;
    let acknowledged = 0;
    const log = () =>
      post("runs/log-batch", {
        run_id: runId,
        metrics: Array.from({ length: BATCH }, (_, i) => ({
          ...{ key: "loss", value: Math.sin(acknowledged + i), timestamp: acknowledged + i },
          step: acknowledged + i,
        })),
      });
    const logUntilRefused = async () => {
      for (;;) {
        const { status, answer } = await log();
        if (status !== 200) return { status, answer };
        acknowledged += BATCH;
        expect(acknowledged, "the disk never fills").toBeLessThan(2_000_000);
      }
    };

    await log();
    acknowledged += BATCH;
    const filler = path.join(project.folder, "somebody else's file");
    const { bavail, bsize } = statfsSync(project.folder);
    writeFileSync(filler, Buffer.alloc(Math.max(0, bavail * bsize - 1_000_000)));

    const refused = await logUntilRefused();
    // A 5xx would make the client try again for minutes while training waits.
    expect(refused.status).toBeGreaterThanOrEqual(400);
    expect(refused.status).toBeLessThan(500);
    expect(refused.answer).toMatchObject({
      error_code: "RESOURCE_EXHAUSTED",
      message: expect.stringMatching(/full|space/i) as string,
    });
    const { series } = await client.request("series", { runIds: [runId], maxPoints: 100 });
    expect(series[0]?.count).toBe(acknowledged);

    rmSync(filler);
    expect((await log()).status).toBe(200);
    acknowledged += BATCH;
    await project.killEngine();
    const again = await project.connect();
    const kept = await again.request("series", { runIds: [runId], maxPoints: 100 });
    expect(kept.series[0]?.count).toBe(acknowledged);
    const { jobId } = await again.request("jobStart", { kind: "checkDatabase", params: {} });
    expect((await again.request("jobWait", { jobId })).output).toEqual({ problems: [] });
  },
);
