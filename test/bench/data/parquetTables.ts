import { execFileSync } from "node:child_process";
import { DuckDBInstance } from "@duckdb/node-api";
import type { Kind } from "./tables.ts";

export const WRITERS = ["DuckDB", "pyarrow"] as const;
export type Writer = (typeof WRITERS)[number];
export const CODECS = ["zstd", "snappy"] as const;
export type Codec = (typeof CODECS)[number];

const OPTIONS = "FORMAT parquet, CODEC";
const PYARROW = `
import sys, pyarrow.parquet as pq
pq.write_table(pq.read_table(sys.argv[1]), sys.argv[2], compression=sys.argv[3])
`;

/** What is done to a table, as a query of \`t\`, whose rows have the hidden number \`i\`; and what it may cost (per cent). */
export interface ParquetChange {
  name: string;
  limit: number;
  query: (rows: number) => string;
  /** Rows, where they are not as many as before. */
  grow?: number;
}

const cells = `a + 1 AS a, b + 1 AS b, d || 'x' AS d, e || 'x' AS e, f + 1 AS f, 99 AS g, md5(h) AS h`;
const changed = cells.replaceAll(/([^,]+) AS (\w)/g, "CASE WHEN i % 100 = 3 THEN $1 ELSE $2 END AS $2");

export const PARQUET_CHANGES: readonly ParquetChange[] = [
  {
    name: "1 % of the rows, scattered",
    limit: 5,
    query: () => "SELECT * REPLACE (CASE WHEN i % 100 = 3 THEN 99 ELSE g END AS g) FROM t",
  },
  { name: "1 % of the rows, every column", limit: 5, query: () => `SELECT * REPLACE (${changed}) FROM t` },
  {
    name: "1 % of the rows, contiguous",
    limit: 5,
    query: (n) =>
      `SELECT * REPLACE (CASE WHEN i >= ${n / 2} AND i < ${n / 2 + n / 100} THEN 99 ELSE g END AS g) FROM t`,
  },
  {
    name: "0.1 % of the rows removed in the middle",
    limit: 10,
    query: (n) => `SELECT * FROM t WHERE NOT (i >= ${n / 2} AND i < ${n / 2 + n / 1000})`,
  },
  { name: "5 % appended", limit: 5, query: () => "SELECT * FROM t", grow: 1.05 },
  { name: "a column added", limit: 5, query: () => "SELECT *, (i % 3)::INT AS k FROM t" },
];

/** The same columns as those of the texts: with a unique id first, or with rows that repeat and none. */
function tableOf(kind: Kind, rows: number): string {
  const k = kind === "keyed" ? "i" : "i % 600000";
  const most = kind === "keyed" ? 100_000 : 1000;
  return `SELECT i, ${kind === "keyed" ? "i AS id, " : ""}(hash(${k}) % ${most})::INT AS a,
    (hash(${k} + 7) % 1000000) / 1000.0 AS b, 'name_' || (hash(${k} + 3) % 5000) AS d, 'cat' || (hash(${k}) % 17) AS e,
    (hash(${k} + 11) % 86400)::INT AS f, (hash(${k} + 5) % 10)::INT AS g, md5((${k})::VARCHAR) AS h FROM range(${rows}) r(i)`;
}

/** Writes a table as a file of Parquet; without a change as it was. */
export async function writeParquet(
  file: string,
  { writer, codec, kind }: { writer: Writer; codec: Codec; kind: Kind },
  rows: number,
  python: string,
  change?: ParquetChange,
): Promise<void> {
  const instance = await DuckDBInstance.create(":memory:", { threads: "1" });
  const connection = await instance.connect();
  try {
    const table = tableOf(kind, Math.round(rows * (change?.grow ?? 1)));
    const query = change?.query(rows) ?? "SELECT * FROM t";
    const first = writer === "DuckDB" ? file : `${file}.first`;
    await connection.run(
      `COPY (WITH t AS (${table}) SELECT * EXCLUDE (i) FROM (${query}) ORDER BY i) TO '${first}' (${OPTIONS} '${codec}')`,
    );
    if (writer === "pyarrow") execFileSync(python, ["-c", PYARROW, first, file, codec]);
  } finally {
    connection.closeSync();
    instance.closeSync();
  }
}
