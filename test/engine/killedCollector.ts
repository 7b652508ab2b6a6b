// Deletes for good, until it is done or killed: PROJECT.
import { distFile, projectPaths } from "../../src/core/project/index.ts";
import { openTrackingStore } from "../../src/core/tracking/index.ts";
import { Collector } from "../../src/engine/garbage/collector.ts";
import { JobPool } from "../../src/engine/workers/pool.ts";
import { writeSync } from "node:fs";

const paths = projectPaths(process.argv[2] ?? "", "");
const logger = console;
const store = await openTrackingStore({ paths, logger });
const jobs = new JobPool({ size: 1, file: distFile("worker.js"), paths, logger, onUpdate: () => undefined });
const garbage = new Collector({
  ...{ paths, store, jobs, logger },
  active: () => [],
  inUse: () => Promise.resolve(false),
});
writeSync(1, "begin\n");
const result = await garbage.collect({ olderThanMs: 0 });
writeSync(1, `${JSON.stringify(result)}\n`);
await jobs.close();
await store.close();
