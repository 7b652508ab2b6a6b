import { execFileSync } from "node:child_process";
import { rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { pythonOf } from "../peers/env.ts";
import { works } from "./data/commands.ts";
import { benchProject } from "./data/project.ts";
import {
  CODECS,
  PARQUET_CHANGES,
  writeParquet,
  WRITERS,
  type Codec,
  type Writer,
} from "./data/parquetTables.ts";
import { speed } from "./data/speed.ts";
import { CHANGES, FORMATS, KINDS, type Kind, original, writeTable } from "./data/tables.ts";
import { benchScale, quantile } from "./report.ts";

const ROWS = 1_000_000;
const CHAIN = 50;
const ROUNDS = 3;

/**
 * Versions of data: what a new version of a table adds to the store (as share of its size, beside `zstd --patch-from`
 * and zstd alone), a chain of 50 versions, and adding, status and checkout of files beside dvc, git lfs and md5sum.
 * `npm run bench -- data [bytes|text|parquet|chain|speed]…`; `bytes` is `text` and `parquet`.
 */
export default async function data(args: string[]): Promise<void> {
  const wanted = (part: string) => args.length === 0 || args.includes(part);
  const rows = Math.round(ROWS * benchScale());
  if (wanted("bytes") || args.includes("text")) await newBytesOfText(rows);
  if (wanted("bytes") || args.includes("parquet")) await newBytesOfParquet(rows);
  if (wanted("chain")) await chain();
  if (wanted("speed")) await speed();
}

async function newBytesOfText(rows: number): Promise<void> {
  heading(`a version of a table as text, ${rows.toLocaleString("en-US")} rows × 8`);
  for (const kind of KINDS) {
    for (const format of FORMATS) {
      for (const change of CHANGES) {
        await oneVersion(
          `${kind} ${format}`,
          change,
          (file) => writeTable(file, format, kind, original(kind, rows)),
          (file) => writeTable(file, format, kind, change.rows(kind, rows), change.names),
        );
      }
    }
  }
}

async function newBytesOfParquet(rows: number): Promise<void> {
  const python = await pythonOf("tracking");
  heading(`a version of a table as Parquet, ${rows.toLocaleString("en-US")} rows × 8`);
  for (const kind of KINDS) {
    for (const writer of WRITERS) {
      for (const codec of CODECS) {
        const how = { writer, codec, kind } satisfies { writer: Writer; codec: Codec; kind: Kind };
        for (const change of PARQUET_CHANGES) {
          await oneVersion(
            `${kind} ${writer} ${codec}`,
            change,
            (file) => writeParquet(file, how, rows, python),
            (file) => writeParquet(file, how, rows, python, change),
          );
        }
      }
    }
  }
}

function heading(of: string): void {
  print(`New bytes of ${of}, in per cent of its size`);
  line("", ["", "recipe", "Cairn", "limit", "patch-from", "zstd", "dvc", "pack MB/s", "of CPU"]);
}

async function oneVersion(
  table: string,
  { name, limit }: { name: string; limit: number },
  write: (file: string) => unknown,
  change: (file: string) => unknown,
): Promise<void> {
  // A project for each: a version is compared with the first, not with the last change.
  const project = benchProject();
  const file = join(project.folder, "table");
  try {
    await write(file);
    await project.add("table");
    execFileSync("cp", [file, `${file}.old`]);
    await change(file);
    const { size } = statSync(file);
    const { version, packMs, packCpuMs } = await project.add("table");
    const percent = (bytes: number) => `${((bytes / size) * 100).toFixed(2)} %`;
    const peer = (await works("zstd --version")) ? percent(patchFrom(`${file}.old`, file)) : "-";
    const speedOf = (ms: number) => (size / 1e6 / (ms / 1000)).toFixed(0);
    // What dvc does not know it stores as a whole.
    line(name, [
      ...[table, version.recipe ?? "-", percent(version.newBytes), `${limit} %`, peer],
      ...[percent(version.baselineBytes ?? 0), percent(size), speedOf(packMs), speedOf(packCpuMs)],
    ]);
  } finally {
    project.close();
  }
}

function patchFrom(old: string, now: string): number {
  const out = `${now}.patch`;
  execFileSync("zstd", ["-q", "-f", "--long=31", `--patch-from=${old}`, now, "-o", out]);
  return statSync(out).size;
}

async function chain(): Promise<void> {
  const rows = Math.round(ROWS * benchScale());
  const project = benchProject();
  try {
    let stored = 0;
    let size = 0;
    for (let v = 0; v < CHAIN; v++) {
      const rowsOf = function* () {
        let i = 0;
        for (const row of original("keyed", rows))
          yield i++ % 100 < v && v > 0 ? row.with(6, 10 + (i % v)) : row;
      };
      size = writeTable(join(project.folder, "table"), "csv", "keyed", rowsOf());
      stored += (await project.add("table")).version.newBytes;
    }
    const times = new Map<number, number[]>();
    for (let round = 0; round < ROUNDS; round++) {
      for (const v of [1, 4, 8, 48, 49, 50]) {
        rmSync(join(project.folder, "table"));
        times.set(v, [...(times.get(v) ?? []), await project.checkout(`table@${v}`)]);
      }
    }
    print(`A chain of ${CHAIN} versions of ${mega(size)} MB, each with another 1 % of its rows changed`);
    print(
      `  stored: ${mega(stored)} MB, ${((stored / size / CHAIN) * 100).toFixed(1)} % of all versions together`,
    );
    const first = quantile(times.get(1) ?? [], 0.5);
    for (const [v, all] of times) {
      const ms = quantile(all, 0.5);
      print(
        `  checkout of version ${v}: ${ms.toFixed(0)} ms, ${(ms / first).toFixed(2)}× the first${v === CHAIN ? " (limit 2×)" : ""}, ${mega((size / ms) * 1000)} MB/s (limit 200)`,
      );
    }
  } finally {
    project.close();
  }
}

const mega = (bytes: number): string => (bytes / 1e6).toFixed(1);
const print = (text: string): void => console.log(text);

function line(name: string, cells: readonly string[]): void {
  console.log(`  ${name.padEnd(42)}${cells.map((cell, i) => cell.padStart(i === 0 ? 24 : 12)).join("")}`);
}
