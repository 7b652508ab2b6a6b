import { spawn } from "node:child_process";
import { once } from "node:events";
import path from "node:path";
import { expect, it } from "vitest";
import { checkDatabase } from "../../../src/core/store/index.ts";
import { killedWriter, sourceHooks } from "./writer.ts";
import { tempFolder, tempStore } from "../tracking/tempStore.ts";

const KILLS = process.env.CAIRN_LONG ? 200 : 15;
/** Lets a writer go on until `after` ms past its first answer; returns the last batch that it said was written. */
async function killOne(database: string, first: number, after: number): Promise<number> {
  const child = spawn(process.execPath, ["--import", sourceHooks, killedWriter, database, String(first)], {
    stdio: ["ignore", "pipe", "pipe"],
  });
  let output = "";
  let errors = "";
  child.stderr.on("data", (chunk: Buffer) => (errors += chunk.toString()));
  const exit = once(child, "exit");
  const started = new Promise<void>((resolve) => {
    child.stdout.on("data", (chunk: Buffer) => {
      output += chunk.toString();
      resolve();
    });
  });
  await Promise.race([started, exit]);
  if (child.exitCode !== null) throw new Error(`The writer ended by itself: ${errors}`);
  setTimeout(() => child.kill("SIGKILL"), after);
  await exit;
  // A last line without its end was being written when the process died: that batch was not acknowledged.
  return Number(output.split("\n").slice(0, -1).at(-1) ?? first - 1);
}

it(
  "keeps every batch that was acknowledged, and none by half, however often the writer is killed",
  async () => {
    const database = path.join(tempFolder(), "cairn.db");
    let last = -1;
    for (let kill = 0; kill < KILLS; kill++) {
      const acknowledged = await killOne(database, last + 1, Math.random() * 120);
      expect(acknowledged).toBeGreaterThan(last);
      const store = await tempStore({ database });
      const { data } = await store.getRun("killed");
      // The next batch may have been written and not yet said to be.
      const written = data.params.length - 1;
      expect(written).toBeGreaterThanOrEqual(acknowledged);
      expect(written).toBeLessThanOrEqual(acknowledged + 1);
      expect((await store.counts()).metricPoints).toBe((written + 1) * 200);
      const history = await store.getMetricHistory("killed", "m7");
      expect(new Set(history.items.map(({ step }) => step)).size).toBe(written + 1);
      expect(data.metrics.find(({ key }) => key === "m7")?.step).toBe(written);
      await store.close();
      last = written;
    }
    expect(await checkDatabase({ database })).toEqual({ problems: [] });
  },
  KILLS * 10_000,
);
