import { execFileSync } from "node:child_process";
import path from "node:path";
import { expect, test } from "vitest";
import { unpackPoints } from "../../../src/shared/points.ts";
import { root } from "../../host/paths.ts";
import { testProject, until } from "../projects.ts";

const names = [
  "précision/entraînement",
  "точность",
  "ακρίβεια",
  "精度",
  "정확도",
  "الدقة",
  "דיוק",
  "सटीकता",
  "ความแม่นยำ",
  "ճշգրտություն",
  "e\u0301 composed of two",
];

/** Runs Python with cairn.py in the project's folder, with what its environment says. */
function python(folder: string, source: string, env: Record<string, string>): void {
  const inherited = Object.entries(process.env).filter(([name]) => !/^(MLFLOW|CAIRN)_/.test(name));
  execFileSync("python3", ["-c", source], {
    cwd: folder,
    env: { ...Object.fromEntries(inherited), PYTHONPATH: path.join(root, "media", "python"), ...env },
  });
}

const script = `
import json, cairn
names = json.loads(${JSON.stringify(JSON.stringify(names))})
cairn.set_experiment("опыт 数据")
with cairn.start_run(run_name="ход 一"):
    for number, name in enumerate(names):
        cairn.log_metric(name, number + 0.5, step=3)
        cairn.log_param(name, "значение " + name)
        cairn.set_tag(name, name)
        cairn.log_text(name, "файлы/" + name + ".txt")
`;

test.each(["an engine", "no engine"])("names in any script come back as they were, with %s", async (how) => {
  const project = testProject("проект 数据");
  const first = await project.connect();
  if (how === "no engine") await project.killEngine();
  python(project.folder, script, how === "an engine" ? await first.request("environment", {}) : {});
  const client = await project.connect();
  const experimentId = await until(async () => {
    const { experiments } = await client.request("experiments", { view: "ACTIVE_ONLY" });
    return experiments.find(({ name }) => name === "опыт 数据")?.experimentId;
  }, "the experiment is known");
  const table = { experimentIds: [experimentId], view: "ACTIVE_ONLY" as const, limit: 10 };
  const { rows, metricKeys, paramKeys, tagKeys } = await until(async () => {
    const found = await client.request("runTable", table);
    return found.rows[0]?.status === "FINISHED" ? found : undefined;
  }, "the run has ended");
  const sorted = names.toSorted();
  for (const keys of [metricKeys, paramKeys, tagKeys]) expect(keys).toEqual(sorted);
  expect(rows).toMatchObject([
    {
      ...{ name: "ход 一", metrics: sorted.map((name) => names.indexOf(name) + 0.5), tags: sorted },
      params: sorted.map((name) => `значение ${name}`),
    },
  ]);
  const runId = rows[0]?.runId ?? "";
  const { files } = await client.request("artifacts", { runId, path: "файлы" });
  // By their last parts: a name with a slash is in a folder.
  const flat = names.filter((name) => !name.includes("/")).map((name) => `файлы/${name}.txt`);
  expect(files.map((file) => file.path)).toEqual(expect.arrayContaining(flat));
  for (const name of names) {
    const filter = `metrics.\`${name}\` > 0 AND params.\`${name}\` = 'значение ${name}'`;
    const { items } = await client.request("runSearch", { experimentIds: [experimentId], filter });
    expect(items).toHaveLength(1);
  }
});

test("a clock that jumps back and ahead harms no curve and no run", async () => {
  const project = testProject();
  const client = await project.connect();
  const environment = await client.request("environment", {});
  const source = `
import time, cairn
now = time.time()
offsets = iter([0, 0, 5, -3600, -3600, 86400, 1, -7200] + [-7200] * 1000)
time.time = lambda: now + next(offsets)
with cairn.start_run() as run:
    for step in range(20):
        cairn.log_metric("loss", step)
`;
  python(project.folder, source, environment);
  const query = { experimentIds: ["0"], view: "ACTIVE_ONLY" as const, limit: 10 };
  const run = await until(async () => {
    const { rows } = await client.request("runTable", query);
    return rows[0]?.status === "FINISHED" ? rows[0] : undefined;
  }, "the run has ended");
  // An end before the beginning would be a length below nothing.
  expect(run.endTime).toBe(run.startTime);
  const { series } = await client.request("series", { runIds: [run.runId], maxPoints: 1000 });
  const numbers = [...unpackPoints(series[0]?.data ?? "")];
  expect(numbers.filter((_, i) => i % 3 === 0)).toEqual(Array.from({ length: 20 }, (_, i) => i));
  expect(numbers.filter((_, i) => i % 3 === 2)).toEqual(Array.from({ length: 20 }, (_, i) => i));
});
