import { execFileSync } from "node:child_process";
import { mkdtemp, readdir, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { atBeginning, readOn, readTfevents } from "../../src/core/importers/index.ts";
import { pythonOf } from "../peers/env.ts";
import { benchScale, printReport, quantile } from "./report.ts";

const MEGABYTES = 150;
const ROUNDS = 3;

/** Milliseconds to read an event file of 150 MB to its last scalar, by Cairn and by TensorBoard's own reader in turn. */
export default async function tfevents(): Promise<void> {
  const python = await pythonOf("formats");
  const script = join(import.meta.dirname, "tfevents.py");
  // TensorBoard takes what has "tfevents" in its name for a file.
  const folder = await mkdtemp(join(tmpdir(), "cairn-bench-"));
  try {
    const run = (...args: string[]): string =>
      execFileSync(python, [script, ...args], { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] });
    const written = Number(run("write", folder, String(MEGABYTES * benchScale())));
    const [name = ""] = await readdir(folder);
    const file = join(folder, name);
    const ours: number[] = [];
    const theirs: number[] = [];
    let memory = 0;
    for (let round = 0; round < ROUNDS; round++) {
      const begin = performance.now();
      let count = 0;
      for await (const { found } of readOn(file, atBeginning, {
        reader: readTfevents,
        context: { time: 0, prefix: "" },
      })) {
        count += found.metrics.length;
      }
      ours.push(performance.now() - begin);
      memory = Math.max(memory, process.memoryUsage().rss);
      const [peerCount, peerMs] = run("read", folder).trim().split(" ").map(Number);
      theirs.push(peerMs ?? Number.NaN);
      if (count !== written || peerCount !== written)
        throw new Error(`${written} scalars were written, ${count} and ${peerCount} were read.`);
    }
    const { size } = await stat(file);
    printReport("tensorboard", [
      {
        what: `${(size / 1e6).toFixed(0)} MB with ${written.toLocaleString("en-US")} scalars, median of ${ROUNDS}`,
        ours: quantile(ours, 0.5),
        theirs: quantile(theirs, 0.5),
        unit: "ms",
        better: "low",
        note: `our process took ${(memory / 1e6).toFixed(0)} MB at most`,
      },
    ]);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
