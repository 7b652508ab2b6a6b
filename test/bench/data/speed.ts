import { randomFillSync } from "node:crypto";
import { closeSync, mkdirSync, mkdtempSync, openSync, rmSync, writeFileSync, writeSync } from "node:fs";
import { homedir, tmpdir } from "node:os";
import { join } from "node:path";
import { root } from "../../host/paths.ts";
import { pythonOf } from "../../peers/env.ts";
import { benchScale, quantile } from "../report.ts";
import { type Took, timed } from "./commands.ts";
import { hasGitLfs } from "./gitLfs.ts";

const ROUNDS = 3;
const PART = 64 << 20;
const cairn = `${process.execPath} ${join(root, "dist", "cli.js")}`;

interface Load {
  name: string;
  files: number;
  bytes: number;
  /** How many times faster than DVC, and than Git LFS, adding must be; seconds that it may take. */
  wanted: string;
}

/**
 * Adding, restoring and looking at files with Cairn, DVC, Git LFS and md5sum, each by its command, in the same round:
 * seconds by the clock and of processor time, the peak of memory of Cairn's largest process.
 */
export async function speed(): Promise<void> {
  const scale = benchScale();
  const many = (files: number) => Math.max(2, Math.round(files * scale));
  const loads: Load[] = [
    { name: "1 file of 2 GB", files: 1, bytes: Math.round(2e9 * scale), wanted: "dvc ≥ 1.5×" },
    { name: "2,000 files of 1 MB", files: many(2000), bytes: 1e6, wanted: "dvc ≥ 3×" },
    { name: "20,000 files of 8 KiB", files: many(20_000), bytes: 8192, wanted: "≤ 3 s, git lfs ≥ 3×" },
    { name: "100,000 files of 64 bytes", files: many(100_000), bytes: 64, wanted: "status ≤ 1.5 s" },
  ];
  const python = await pythonOf("data");
  const lfs = await hasGitLfs();
  console.log(`Seconds by the clock (and of processor time), scale ${scale}, medians of ${ROUNDS}`);
  for (const load of loads) await compare(load, python, lfs);
}

async function compare(load: Load, python: string, lfs: boolean): Promise<void> {
  const took = new Map<string, Took[]>();
  for (let round = 0; round < ROUNDS; round++) {
    const folder = mkdtempSync(join(tmpdir(), "cairn-bench-data-"));
    // A clean home, but for what Node has compiled: that is there from the second command on.
    const env = { DVC_NO_ANALYTICS: "1", DVC_SITE_CACHE_DIR: join(folder, "site"), HOME: folder };
    const environment = { ...env, XDG_CACHE_HOME: join(homedir(), ".cache") };
    const run = async (what: string, who: string, command: string) => {
      const each = await timed(command, join(folder, who), environment);
      if (what !== "") took.set(what, [...(took.get(what) ?? []), each]);
    };
    try {
      for (const who of ["ours", "dvc", "lfs"]) {
        mkdirSync(join(folder, who));
        await run("", who, "git init -q .");
        writeLoad(join(folder, who), load);
      }
      await run("md5sum", "ours", "find data -type f -print0 | xargs -0 md5sum > /dev/null");
      await run("", "dvc", `${python} -m dvc init -q`);
      await run("add dvc", "dvc", `${python} -m dvc add -q data`);
      await run("add cairn", "ours", `${cairn} data add data`);
      await run("status dvc", "dvc", `${python} -m dvc status -q`);
      await run("status cairn", "ours", `${cairn} data status`);
      for (const who of ["ours", "dvc"]) rmSync(join(folder, who, "data"), { recursive: true });
      await run("checkout dvc", "dvc", `${python} -m dvc checkout -q`);
      await run("checkout cairn", "ours", `${cairn} data checkout data`);
      if (!lfs) continue;
      await run("", "lfs", "git lfs install --local && git lfs track 'data/**'");
      await run("add git lfs", "lfs", "git add data");
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  }
  tell(load, took);
}

function tell({ name, files, bytes, wanted }: Load, took: ReadonlyMap<string, Took[]>): void {
  const median = (what: string, of: (each: Took) => number) => quantile((took.get(what) ?? []).map(of), 0.5);
  const seconds = (what: string) =>
    took.has(what)
      ? `${(median(what, ({ wall }) => wall) / 1000).toFixed(2)} (${(median(what, ({ cpu }) => cpu) / 1000).toFixed(2)})`
      : "-";
  const ratio = (job: string, peer: string) => {
    const [ours, theirs] = [`${job} cairn`, `${job} ${peer}`].map((what) => median(what, ({ wall }) => wall));
    return took.has(`${job} ${peer}`) ? `${((theirs ?? 0) / (ours ?? 1)).toFixed(1)}×` : "-";
  };
  console.log(`${name} (wanted: ${wanted}); md5sum of all: ${seconds("md5sum")}`);
  line("", ["Cairn", "dvc", "ratio", "git lfs", "ratio", "MB/s", "peak MB"]);
  for (const job of ["add", "status", "checkout"]) {
    const rate = ((files * bytes) / 1e6 / median(`${job} cairn`, ({ wall }) => wall)) * 1000;
    line(job, [
      ...[seconds(`${job} cairn`), seconds(`${job} dvc`), ratio(job, "dvc"), seconds(`${job} git lfs`)],
      ...[
        ratio(job, "git lfs"),
        rate.toFixed(0),
        median(`${job} cairn`, ({ peak }) => peak / 1e6).toFixed(0),
      ],
    ]);
  }
}

/** Random bytes, in folders of a thousand files. */
function writeLoad(folder: string, { files, bytes }: Load): void {
  mkdirSync(join(folder, "data"), { recursive: true });
  const part = Buffer.alloc(Math.min(bytes, PART));
  for (let i = 0; i < files; i++) {
    const at = join(folder, "data", String(Math.floor(i / 1000)));
    if (i % 1000 === 0) mkdirSync(at);
    if (bytes <= part.length) {
      writeFileSync(join(at, `${i}.bin`), randomFillSync(part));
      continue;
    }
    const fd = openSync(join(at, `${i}.bin`), "w");
    for (let done = 0; done < bytes; done += part.length)
      writeSync(fd, randomFillSync(part), 0, Math.min(part.length, bytes - done));
    closeSync(fd);
  }
}

function line(name: string, cells: readonly string[]): void {
  console.log(`  ${name.padEnd(12)}${cells.map((cell) => cell.padStart(16)).join("")}`);
}
