import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { expect, test } from "vitest";
import { type PeerGroup, pythonOf } from "../../peers/env.ts";
import {
  artifactsOf,
  curves,
  ended,
  followProject,
  type FollowProject,
  paramsOf,
} from "../follow/followProject.ts";

/** The lines of a script with `changed` in place of one of them, or behind it. */
function withLine(script: string, find: RegExp, changed: (line: string) => string): string {
  const lines = script.split("\n");
  const at = lines.findIndex((line) => find.test(line));
  expect(at).toBeGreaterThan(0);
  lines[at] = changed(lines[at] ?? "");
  return lines.join("\n");
}

const source = (name: string): string => readFileSync(path.join(import.meta.dirname, name), "utf8");

/** Runs a script as a user does, from the palette or with `cairn run`; returns the run once it has ended well. */
async function launch(project: FollowProject, name: string, text: string, group: PeerGroup): Promise<string> {
  const folder = path.join(project.root, "training");
  mkdirSync(folder, { recursive: true });
  writeFileSync(path.join(folder, name), text);
  const command = [await pythonOf(group), name];
  const { runId } = await project.client().request("runStart", { command, cwd: folder });
  if ((await ended(project, runId)) !== "FINISHED") throw new Error(await consoleOf(project, runId));
  return runId;
}

async function consoleOf(project: FollowProject, runId: string): Promise<string> {
  return (await project.client().request("console", { runId, start: 0, maxBytes: 1 << 20 })).text;
}

test("a bare script is recorded as it is", { timeout: 60_000 }, async () => {
  const project = await followProject();
  const runId = await launch(project, "bare.py", source("bare.py"), "tracking");
  expect(await consoleOf(project, runId)).toMatch(/^epoch 0: loss \d.*epoch 39: loss .*y = .* x \+ /s);
  const { run } = await project.client().request("run", { runId });
  const tags = new Map(run.data.tags.map(({ key, value }) => [key, value]));
  expect(tags.get("cairn.command")).toContain("bare.py");
  expect(tags.get("cairn.exitCode")).toBe("0");
  await expect.poll(() => artifactsOf(project, runId, "cairn")).toContain("environment.json");
});

test("a bare script with one line more has its curve", { timeout: 60_000 }, async () => {
  const project = await followProject();
  const text = withLine(source("bare.py"), /print\(f"epoch/, (line) =>
    [line, '    import cairn; cairn.log_metrics({"loss": loss, "slope": slope}, step=epoch)'].join("\n"),
  );
  const runId = await launch(project, "bare.py", text, "tracking");
  const { loss = [], slope = [] } = await curves(project, runId);
  expect(loss.map(([step]) => step)).toEqual(Array.from({ length: 40 }, (_, i) => i));
  expect(slope.at(-1)?.[1]).toBeGreaterThan(2);
  const printed = [...(await consoleOf(project, runId)).matchAll(/loss ([\d.]+)/g)].map(([, value]) => value);
  expect(loss.map(([, value]) => value.toFixed(4))).toEqual(printed);
});

test("a script with Keras is tracked with one changed line", { timeout: 180_000 }, async () => {
  const project = await followProject();
  const text = withLine(
    source("keras_callback.py"),
    /^model\.fit/,
    (line) => `import cairn; ${line.replace(/\)$/, ", callbacks=[cairn.KerasCallback()])")}`,
  );
  const runId = await launch(project, "train.py", text, "formats");
  const found = await curves(project, runId);
  // 192 of 256 examples are trained on, in batches of 64.
  expect(found.loss?.map(([step]) => step)).toEqual(expect.arrayContaining([3, 6, 9, 12, 15]));
  expect(found.val_loss?.map(([step]) => step)).toEqual([3, 6, 9, 12, 15]);
  const printed = [...(await consoleOf(project, runId)).matchAll(/val_loss: ([\d.]+)/g)].map(([, value]) =>
    Number(value),
  );
  found.val_loss?.forEach(([, value], i) => expect(value).toBeCloseTo(printed[i] ?? NaN, 3));
  expect(await paramsOf(project, runId)).toMatchObject({ epochs: "5" });
});

test("a script that was exported from a notebook is tracked as it is", { timeout: 180_000 }, async () => {
  const project = await followProject();
  const text = source("exported_notebook.py");
  const runId = await launch(project, "digits.py", text, "tracking");
  const { accuracy = [] } = await curves(project, runId);
  expect(accuracy).toHaveLength(1);
  expect(await consoleOf(project, runId)).toContain(`${accuracy[0]?.[1].toFixed(3)} of the digits are right`);
  expect(await paramsOf(project, runId)).toMatchObject({ C: "0.01", max_iter: "200" });
  const runs = await project.client().request("runSearch", { experimentIds: ["0"] });
  expect(runs.items).toHaveLength(1);
});
