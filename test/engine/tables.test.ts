import { execFileSync } from "node:child_process";
import { mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import path from "node:path";
import { DuckDBInstance } from "@duckdb/node-api";
import { expect, test } from "vitest";
import type { EngineClient } from "../../src/engine/client/index.ts";
import { pythonOf } from "../peers/env.ts";
import { testProject, until } from "./projects.ts";

const range = { rowStart: 0, rowCount: 10, columnStart: 0, columnCount: 10 };

/** A run and the folder of its artifacts. */
async function runWithFiles() {
  const project = testProject();
  const client = await project.connect();
  const { runId } = await client.request("runStart", { command: ["true"] });
  const { root } = await client.request("artifacts", { runId });
  mkdirSync(root, { recursive: true });
  return { project, client, runId, root };
}

async function codeOf(work: Promise<unknown>): Promise<unknown> {
  return work.then(
    () => "none",
    (error: unknown) => (error as { code?: string }).code,
  );
}

/** The processes below the engine that are workers, by what they have loaded. */
function duckDbWorkers(engine: number): number[] {
  const out = execFileSync("ps", ["-o", "pid=,ppid=,args=", "-e"], { encoding: "utf8" });
  return out
    .split("\n")
    .map((line) => /^\s*(\d+)\s+(\d+)\s+(.*)$/.exec(line))
    .filter((match) => Number(match?.[2]) === engine && match?.[3]?.includes("worker.js"))
    .map((match) => Number(match?.[1]));
}

const complete = (client: EngineClient, runId: string, file: string) =>
  until(async () => {
    const info = await client.request("tableOpen", { runId, path: file });
    return info.complete ? info : undefined;
  }, "all rows are counted");

test("a table among a run's files is read by place, whatever it is stored as", async () => {
  const { client, runId, root } = await runWithFiles();
  const rows = Array.from({ length: 50_000 }, (_, i) => `${i},"say ""${i}"""`).join("\n");
  writeFileSync(path.join(root, "a b.csv"), `id,what\n${rows}\n`);
  const info = await complete(client, runId, "a b.csv");
  expect(info).toMatchObject({ format: "csv", rows: 50_000 });
  expect(info.columns).toEqual([
    { name: "id", type: "BIGINT", kind: "number" },
    { name: "what", type: "VARCHAR", kind: "text" },
  ]);
  const read = (from: object, source = { runId, path: "a b.csv" }, stamp = info.stamp) =>
    client.request("tableRows", { source, stamp, range: { ...range, ...from } });
  expect(await read({ rowStart: 49_999 })).toEqual({ rows: [["49999", 'say "49999"']] });

  const instance = await DuckDBInstance.create(":memory:");
  const connection = await instance.connect();
  const file = path.join(root, "p.parquet");
  await connection.run(`COPY (SELECT i, i::VARCHAR t FROM range(1000001) t(i)) TO '${file}'`);
  connection.closeSync();
  instance.closeSync();
  const parquet = await client.request("tableOpen", { runId, path: "p.parquet" });
  expect(parquet).toMatchObject({ format: "parquet", rows: 1_000_001, complete: true });
  const last = await read({ rowStart: 1_000_000 }, { runId, path: "p.parquet" }, parquet.stamp);
  expect(last).toEqual({ rows: [[1_000_000, "1000000"]] });

  writeFileSync(path.join(root, "a b.csv"), "id,what\n1,new\n");
  await expect(read({})).rejects.toMatchObject({ code: "invalid", hint: "Load it again." });
});

test("a table outside the run's own folder, or that is none, is refused", async () => {
  const { project, client, runId, root } = await runWithFiles();
  writeFileSync(path.join(project.folder, "secret.csv"), "a\n1\n");
  symlinkSync(path.join(project.folder, "secret.csv"), path.join(root, "link.csv"));
  symlinkSync(project.folder, path.join(root, "out"));
  writeFileSync(path.join(root, "cut.parquet"), "PAR1 and no end");
  const open = (file: string) => codeOf(client.request("tableOpen", { runId, path: file }));
  for (const bad of ["../../../secret.csv", "/etc/passwd", "out/secret.csv", "link.csv"])
    expect([bad, await open(bad)]).toEqual([bad, "invalid"]);
  expect(await open("missing.csv")).toBe("notFound");
  expect(await open("cut.parquet")).toBe("corrupt");
});

test("a reader that is killed fails what it was asked for, and the next one answers", async () => {
  const { project, client, runId, root } = await runWithFiles();
  writeFileSync(path.join(root, "a.csv"), "a\n1\n");
  const { stamp } = await complete(client, runId, "a.csv");
  const engine = project.engineFile?.pid ?? 0;
  for (const pid of duckDbWorkers(engine)) process.kill(pid, "SIGKILL");
  await until(() => duckDbWorkers(engine).length === 0, "the worker is gone");
  const source = { runId, path: "a.csv" };
  const read = () => client.request("tableRows", { source, stamp, range });
  await until(async () => (await codeOf(read())) === "none", "another worker reads");
  expect(await read()).toEqual({ rows: [["1"]] });
});

test("Parquet of pyarrow and CSV of pandas are shown as they are", async () => {
  const { client, runId, root } = await runWithFiles();
  const python = await pythonOf("tracking");
  const script = `
import pyarrow as pa, pyarrow.parquet as pq, pandas as pd, decimal, datetime, sys
t = pa.table({
  "big": pa.array([2**60, None], pa.int64()), "u": pa.array([2**64 - 1, 0], pa.uint64()),
  "half": pa.array([float("nan"), 0.1], pa.float64()), "f": pa.array([0.1, None], pa.float32()),
  "dec": pa.array([decimal.Decimal("1.10"), None], pa.decimal128(38, 2)),
  "cat": pa.array(["x", "y"]).dictionary_encode(), "at": pa.array([datetime.datetime(2024, 1, 2, 3, 4, 5, 678), None], pa.timestamp("us", tz="UTC")),
  "list": pa.array([[1, 2], None]), "struct": pa.array([{"a": 1, "b": "é"}, None]), "bin": pa.array([b"\\x00\\xff", None]), "text": pa.array(["", None]),
})
pq.write_table(t, sys.argv[1] + "/arrow.parquet", compression="zstd")
pd.DataFrame({"a": [1.0, float("nan")], "b": ["x,y", 'say "hi"']}).to_csv(sys.argv[1] + "/pandas.csv")
`;
  execFileSync(python, ["-c", script, root]);
  const arrow = await client.request("tableOpen", { runId, path: "arrow.parquet" });
  expect(arrow.columns.map(({ name, type }) => `${name} ${type}`)).toEqual([
    "big BIGINT",
    "u UBIGINT",
    "half DOUBLE",
    "f FLOAT",
    "dec DECIMAL(38,2)",
    "cat VARCHAR",
    "at TIMESTAMP WITH TIME ZONE",
    "list BIGINT[]",
    "struct STRUCT(a BIGINT, b VARCHAR)",
    "bin BLOB",
    "text VARCHAR",
  ]);
  const wide = { ...range, columnCount: 20 };
  const { rows } = await client.request("tableRows", {
    ...{ source: { runId, path: "arrow.parquet" }, stamp: arrow.stamp, range: wide },
  });
  const [first, second] = rows;
  expect(first?.slice(0, 4)).toEqual(["1152921504606846976", "18446744073709551615", "NaN", "0.1"]);
  expect(first?.slice(4)).toEqual([
    ...["1.10", "x", "2024-01-02 03:04:05.000678+00", "[1,2]", '{"a":1,"b":"é"}', "\\x00\\xFF", ""],
  ]);
  expect(second).toEqual([null, 0, 0.1, null, null, "y", null, null, null, null, null]);
  const csv = await complete(client, runId, "pandas.csv");
  const pandas = await client.request("tableRows", {
    ...{ source: { runId, path: "pandas.csv" }, stamp: csv.stamp, range },
  });
  expect(pandas.rows).toEqual([
    ["0", "1.0", "x,y"],
    ["1", null, 'say "hi"'],
  ]);
}, 120_000);
