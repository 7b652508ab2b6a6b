// Logs batch after batch and says on stdout which one has resolved, until it is killed: FOLDER FIRST.
import { writeSync } from "node:fs";
import { openTrackingStore } from "../../../src/core/tracking/index.ts";

const [database = "", first = "0"] = process.argv.slice(2);
const store = await openTrackingStore({ paths: { database }, logger: console });
if (first === "0") await store.createRun({ experimentId: "0", runId: "killed" });
for (let batch = Number(first); ; batch++) {
  await store.logBatch("killed", {
    // More than one page, so that a torn write could show.
    metrics: Array.from({ length: 200 }, (_, i) => ({
      key: `m${i % 20}`,
      value: batch + i / 1000,
      step: batch,
      timestamp: i,
    })),
    params: [{ key: `p${batch}`, value: String(batch) }],
  });
  writeSync(1, `${batch}\n`);
}
