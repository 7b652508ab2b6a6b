import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { DuckDBInstance } from "@duckdb/node-api";

/** What DuckDB writes of queries, in this order. */
export async function parquetOf(codec: string, queries: readonly string[], options = ""): Promise<Buffer[]> {
  const folder = mkdtempSync(path.join(tmpdir(), "cairn-parquet-"));
  const instance = await DuckDBInstance.create(":memory:", { threads: "1" });
  const connection = await instance.connect();
  try {
    const files: Buffer[] = [];
    for (const [i, query] of queries.entries()) {
      const file = path.join(folder, `${i}.parquet`);
      await connection.run(`COPY (${query}) TO '${file}' (FORMAT parquet, CODEC '${codec}'${options})`);
      files.push(readFileSync(file));
    }
    return files;
  } finally {
    connection.closeSync();
    instance.closeSync();
    rmSync(folder, { recursive: true, force: true });
  }
}

/** A table with columns that repeat and columns that do not. */
export function tableQuery(rows: number): string {
  return `SELECT i AS id, (hash(i) % 100000)::INT AS a, (hash(i + 7) % 1000000) / 1000.0 AS b, 'name_' || (hash(i + 3) % 500) AS d,
    (hash(i + 5) % 10)::INT AS g, md5(i::VARCHAR) AS h, CASE WHEN i % 7 = 0 THEN NULL ELSE i END AS n FROM range(${rows}) t(i)`;
}
