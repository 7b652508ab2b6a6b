import { readFileSync } from "node:fs";
import path from "node:path";
import { beforeAll, expect, test } from "vitest";
import { pythonOf } from "../../peers/env.ts";
import {
  artifactOf,
  artifactsOf,
  curves,
  ended,
  followProject,
  launchScript,
  paramsOf,
  printed,
  timeUntil,
} from "./followProject.ts";

/** Scripts that know nothing of Cairn, with the real libraries, as launched runs. */

beforeAll(async () => {
  await pythonOf("formats");
}, 600_000);

const LIVE_MS = 3000;
const steps = (points: [number, number][] | undefined) => points?.map(([step]) => step);
const range = (count: number) => Array.from({ length: count }, (_, i) => i);

test("a PyTorch script with the standard SummaryWriter is tracked, live", { timeout: 120_000 }, async () => {
  const project = await followProject();
  const runId = await launchScript(project, "summary_writer.py");
  await printed(project, runId, "flushed");
  const live = await timeUntil(
    async () => steps((await curves(project, runId))["Loss/train"])?.length === 5,
    "five points are there",
  );
  expect(live).toBeLessThan(LIVE_MS);
  project.go();
  expect(await ended(project, runId)).toBe("FINISHED");
  const all = await curves(project, runId);
  expect(
    Object.keys(all)
      .filter((key) => !key.startsWith("system/"))
      .sort(),
  ).toEqual(["Loss/train", "final", "rates_a/rates", "rates_b/rates"]);
  expect(steps(all["Loss/train"])).toEqual(range(30));
  expect(all["rates_b/rates"]).toEqual(range(30).map((i) => [i, 2 * i]));
  expect(await paramsOf(project, runId)).toEqual({ lr: "0.05" });
  expect(await artifactsOf(project, runId, "tensorboard")).toEqual(["note/0.md", "weights/29.png"]);
  expect(project.complaints).toEqual([]);
});

test(
  "Lightning's CSVLogger is tracked, live, also when a column comes later",
  { timeout: 120_000 },
  async () => {
    const project = await followProject();
    const runId = await launchScript(project, "lightning_logger.py");
    await printed(project, runId, "flushed");
    const live = await timeUntil(
      async () => steps((await curves(project, runId)).train_loss)?.length === 10,
      "ten points are there",
    );
    expect(live).toBeLessThan(LIVE_MS);
    project.go();
    expect(await ended(project, runId)).toBe("FINISHED");
    const all = await curves(project, runId);
    expect(all.train_loss).toEqual(range(10).map((i) => [i, 1 / (i + 1)]));
    expect(all.val_loss).toEqual([[9, 0.5]]);
    expect(await paramsOf(project, runId)).toEqual({ lr: "0.1", "net.width": "8" });
    expect(project.complaints).toEqual([]);
  },
);

test("a DVCLive script is tracked, live", { timeout: 120_000 }, async () => {
  const project = await followProject();
  const runId = await launchScript(project, "dvclive_loop.py");
  await printed(project, runId, "flushed");
  const live = await timeUntil(async () => {
    const all = await curves(project, runId);
    return all["train/loss"]?.length === 10 && all.only?.at(-1)?.[1] === 9;
  }, "ten points are there");
  expect(live).toBeLessThan(LIVE_MS);
  project.go();
  expect(await ended(project, runId)).toBe("FINISHED");
  const all = await curves(project, runId);
  expect(all["train/loss"]).toEqual([...range(10).map((i) => [i, 1 / (i + 1)]), [10, 0.05]]);
  expect(await paramsOf(project, runId)).toEqual({ lr: "0.1" });
  expect(project.complaints).toEqual([]);
});

test("an offline W&B script is tracked, live as far as W&B writes", { timeout: 120_000 }, async () => {
  const project = await followProject();
  const runId = await launchScript(project, "wandb_offline.py");
  await printed(project, runId, "flushed");
  // It writes block by block: the last ones come with the end.
  await timeUntil(
    async () => (steps((await curves(project, runId)).loss)?.length ?? 0) > 1000,
    "points are there",
  );
  project.go();
  expect(await ended(project, runId)).toBe("FINISHED");
  const all = await curves(project, runId);
  expect(all.loss).toEqual([...range(3000).map((i) => [i, 1 / (i + 1)]), [3000, 0]]);
  expect(all["deep.value"]).toHaveLength(3000);
  expect(all.best?.map(([, value]) => value)).toEqual([0.25]);
  expect(await paramsOf(project, runId)).toEqual({ lr: "0.1" });
  expect(project.complaints).toEqual([]);
});

test("DVCLive's pictures and plots are attached, live, by their steps", { timeout: 120_000 }, async () => {
  const project = await followProject();
  const runId = await launchScript(project, "dvclive_images.py");
  await printed(project, runId, "flushed");
  // One that is written anew at each step is seen before the next step.
  await timeUntil(
    async () => (await artifactsOf(project, runId, "dvclive/images/overwritten")).includes("0.png"),
    "the first picture is there",
  );
  project.go();
  expect(await ended(project, runId)).toBe("FINISHED");
  expect(await artifactsOf(project, runId, "dvclive")).toEqual([
    ...["images/numbered/0.png", "images/numbered/1.png", "images/numbered/2.png"],
    ...["images/overwritten/0.png", "images/overwritten/2.png"],
    ...["plots/confusion_matrix.json", "plots/curve.json"],
  ]);
  const bytes = await artifactOf(project, runId, "dvclive/images/overwritten/2.png");
  expect(bytes.equals(readFileSync(path.join(project.root, "dvclive/plots/images/overwritten.png")))).toBe(
    true,
  );
  expect(project.complaints).toEqual([]);
});

test("W&B's offline media are attached, live, by their steps", { timeout: 120_000 }, async () => {
  const project = await followProject();
  const runId = await launchScript(project, "wandb_media.py", ".", { MY_API_KEY: "geheim-4711" });
  await printed(project, runId, "flushed");
  await timeUntil(
    async () => (await artifactsOf(project, runId, "wandb")).includes("images/pred/2.png"),
    "the pictures are there",
  );
  project.go();
  expect(await ended(project, runId)).toBe("FINISHED");
  expect(await artifactsOf(project, runId, "wandb")).toEqual(
    [
      "html/page/3.html",
      ...["images/eval/many/1/0.png", "images/eval/many/1/1.png", "images/eval/many/1/2.png"],
      ...["images/eval/many/0.png", "images/eval/many/1.png", "images/eval/many/2.png"],
      ...["images/pred/0.png", "images/pred/1.png", "images/pred/2.png"],
      "table/rows/3.table.json",
    ].sort(),
  );
  // The list's second picture is in the second series.
  const second = await artifactOf(project, runId, "wandb/images/eval/many/1/2.png");
  expect(second.equals(readFileSync(path.join(project.root, "second.png")))).toBe(true);
  const page = await artifactOf(project, runId, "wandb/html/page/3.html");
  expect(page.toString()).toContain("key ***");
  expect(page.toString()).not.toContain("geheim-4711");
  expect(project.complaints).toEqual([]);
});
