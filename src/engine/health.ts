import os from "node:os";
import type { ProjectPaths } from "../core/project/index.js";
import type { Health } from "../shared/protocol.js";
import type { Door } from "./doors.js";
import type { DatabaseFacts } from "./facts.js";
import type { IdleClock } from "./idleClock.js";
import type { Audience } from "./rpc/audience.js";
import type { JobPool } from "./workers/pool.js";

/** How the engine and its project are. */
export async function readHealth(deps: {
  paths: ProjectPaths;
  version: string;
  protocol: number;
  startTime: number;
  store: DatabaseFacts;
  audience: Audience;
  jobs: JobPool;
  idle: IdleClock;
  door: Door | undefined;
  problems: Health["problems"];
  readOnly: boolean;
}): Promise<Health> {
  const { paths, version, protocol, startTime, store, audience, jobs, idle, door, problems, readOnly } = deps;
  return {
    project: paths.root,
    engine: {
      version,
      protocol,
      pid: process.pid,
      node: process.versions.node,
      runtime: process.versions.electron === undefined ? "node" : "electron",
      startTime,
      host: os.hostname(),
      socket: door ? paths.socket : "",
      trackingUri: door?.trackingUri ?? "",
      readOnly,
      memory: process.memoryUsage.rss(),
      clients: audience.list(),
      ...(await idle.state()),
    },
    database: await store.describe(),
    counts: await store.counts(),
    artifacts: { path: paths.artifacts },
    jobs: jobs.list(),
    problems,
  };
}
