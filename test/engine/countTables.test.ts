import { mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { DuckDBInstance } from "@duckdb/node-api";
import { expect, test } from "vitest";
import type { EngineClient } from "../../src/engine/client/index.ts";
import type { DataSetSummary } from "../../src/shared/data/api.ts";
import type { JobOutput } from "../../src/shared/jobs.ts";
import type { JobKind } from "../../src/shared/protocol.ts";
import { testProject, until } from "./projects.ts";

async function doJob<K extends JobKind>(client: EngineClient, kind: K, params: Record<string, unknown> = {}) {
  const { jobId } = await client.request("jobStart", { kind: kind, params });
  const { job, output } = await client.request("jobWait", { jobId });
  expect(job).toMatchObject({ state: "done" });
  return output as JobOutput<K>;
}

test("rows and columns of tables are counted behind an addition, those of others never", async () => {
  const project = testProject();
  const client = await project.connect();
  const file = (name: string) => path.join(project.folder, name);
  const add = (name: string) => doJob(client, "dataAdd", { path: file(name), message: "" });
  const list = async (): Promise<Record<string, DataSetSummary>> => {
    const { datasets } = await doJob(client, "dataList");
    return Object.fromEntries(datasets.map((each) => [each.path, each]));
  };

  writeFileSync(
    file("t.csv"),
    `id,name\n${Array.from({ length: 70_000 }, (_, i) => `${i},"a\n${i}"\n`).join("")}`,
  );
  writeFileSync(file("small.jsonl"), '{"a":1}\n{"b":2}\n');
  writeFileSync(file("notes.txt"), "a,b\n1,2\n");
  mkdirSync(file("folder"));
  writeFileSync(file("folder/a.csv"), "a\n1\n");
  const instance = await DuckDBInstance.create(":memory:");
  const connection = await instance.connect();
  await connection.run(
    `COPY (SELECT i, i + 1 AS j FROM range(12345) t(i)) TO '${file("p.parquet")}' (FORMAT parquet)`,
  );
  connection.closeSync();
  instance.closeSync();
  for (const name of ["t.csv", "small.jsonl", "notes.txt", "folder", "p.parquet"]) await add(name);

  await until(async () => (await list())["p.parquet"]?.rows !== null, "the last one is counted", 60_000);
  const datasets = await list();
  expect(datasets["t.csv"]).toMatchObject({ rows: 70_000, columns: 2 });
  expect(datasets["small.jsonl"]).toMatchObject({ rows: 2, columns: 2 });
  expect(datasets["p.parquet"]).toMatchObject({ rows: 12_345, columns: 2 });
  expect(datasets["notes.txt"]).toMatchObject({ rows: null, columns: null });
  expect(datasets.folder).toMatchObject({ rows: null, columns: null });

  writeFileSync(file("t.csv"), "id,name\n1,x\n");
  await add("t.csv");
  const versions = async () => (await doJob(client, "dataLog", { path: file("t.csv") })).versions;
  await until(async () => (await versions())[0]?.rows === 1, "the second version is counted", 60_000);
  expect((await versions()).map(({ version, rows }) => [version, rows])).toEqual([
    [2, 1],
    [1, 70_000],
  ]);
}, 150_000);
