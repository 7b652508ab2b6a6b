import os from "node:os";
import path from "node:path";
import { openArtifactStore } from "../core/artifacts/index.js";
import { isDataset, knownVersion } from "../core/data/index.js";
import { distFile, type ProjectPaths } from "../core/project/index.js";
import { createLauncher } from "../core/runs/index.js";
import { fileSystemOf } from "../core/store/index.js";
import type { TrackingStore } from "../core/tracking/types.js";
import { openTrackingStore } from "../core/tracking/index.js";
import { CairnError, wrapError } from "../shared/errors.js";
import { type ClientKind, type EngineRequests, type Health, PROTOCOL_VERSION } from "../shared/protocol.js";
import { VERSION } from "../shared/version.js";
import { type Access, loadAccess, markUsed } from "./access.js";
import { AlertCenter } from "./alerts/alertCenter.js";
import { captureRuns, SystemMetrics } from "./capture/index.js";
import { Cleanup } from "./cleanup.js";
import { readLockHolder } from "./client/handshake.js";
import type { EngineClient } from "./client/types.js";
import { ensureDataFolder } from "./dataFolder.js";
import { DataPacking } from "./dataPacking.js";
import { Collector } from "./garbage/collector.js";
import { followRuns } from "./follow/index.js";
import { createHandlers, type Handlers } from "./handlers/index.js";
import { onlyReading } from "./handlers/readOnly.js";
import { type Door, openDoors } from "./doors.js";
import { readHealth } from "./health.js";
import { IdleClock } from "./idleClock.js";
import { LiveRuns } from "./liveRuns.js";
import { takeLock } from "./lock.js";
import { DEFAULT_IDLE_MS, type EngineOptions } from "./options.js";
import { Reproducer } from "./pipeline/reproducer.js";
import { ProjectTrust } from "./projectTrust.js";
import { Audience } from "./rpc/audience.js";
import { LocalClient } from "./rpc/localClient.js";
import { SpoolIntake } from "./spool/index.js";
import { TableReader } from "./tables/tableReader.js";
import { watchOwner } from "./watchOwner.js";
import { JobPool } from "./workers/pool.js";

/** A running engine. */
export interface Engine {
  /** A client in this process. */
  connect(kind: ClientKind): EngineClient;
  /** Ends: requests under way are finished, jobs cancelled; runs go on. May be called again. */
  close(reason: string): Promise<void>;
  /** Resolves when it has ended and let go of the project, with the reason. */
  readonly ended: Promise<string>;
}

const FINISH_MS = 10_000;
/** How long an engine that hands over waits for jobs: its successor waits for it, twenty seconds in all. */
const JOBS_MS = 8000;

/**
 * Opens a project for work: takes its lock, opens its store and, as a daemon, listens for clients. Throws LockedError
 * when another process holds the project, else CairnError; then nothing is left open.
 */
export async function startEngine(options: EngineOptions): Promise<Engine> {
  if (!options.readOnly) ensureDataFolder(options.paths);
  const cleanup = new Cleanup(options.logger);
  try {
    return await assemble(options, cleanup);
  } catch (error) {
    await cleanup.run();
    throw error instanceof CairnError ? error : wrapError("open", options.paths.root, error);
  }
}

async function assemble(options: EngineOptions, cleanup: Cleanup): Promise<Engine> {
  const { paths, logger, mode, version = VERSION, protocol = PROTOCOL_VERSION } = options;
  const startTime = Date.now();
  const audience = new Audience(() => {
    idle.touch();
  });
  // A client sees its connection end only when the project is free for the next engine.
  cleanup.add("end the connections", () => {
    audience.endAll();
  });
  const readOnly = options.readOnly ?? false;
  // A reader's lock is its own: it makes it the only one on this host.
  if (!readOnly || mode === "daemon") {
    const lock = takeLock(paths, mode);
    cleanup.add("release the lock", () => {
      lock.release();
    });
  }
  const access: Access = loadAccess(paths);
  options.hideFromLog?.(access.token);

  const store = await openTrackingStore({
    ...{ paths, logger, readonly: readOnly, synchronous: options.synchronous },
  });
  cleanup.add("close the database", () => store.close());
  const artifacts = openArtifactStore(paths.artifacts);
  const environment = () => trackingEnvironment(paths, access, door);
  const versionOf = (absolute: string, md5: string) =>
    knownVersion(store.session.database, paths.root, absolute, md5);
  const launcher = createLauncher({
    ...{ paths, store, environment, versionOf, logger },
    isDataset: (absolute) => isDataset(store.session.database, paths.root, absolute),
  });
  const follower = readOnly ? undefined : followRuns({ paths, store, artifacts, launcher, logger });
  cleanup.add("stop following logs of runs", () => follower?.close());
  const spool = readOnly ? undefined : new SpoolIntake({ paths, store, artifacts, logger });
  const stopTakingIn = launcher.onEnding(() => spool?.look() ?? Promise.resolve());
  cleanup.add("stop taking in spools", () => {
    stopTakingIn();
    return spool?.close();
  });
  cleanup.add("let go of the runs", () => launcher.close());
  const packing = new DataPacking({ paths, jobs: () => jobs, logger });
  const jobs: JobPool = new JobPool({
    // Two: a long addition of data must not hold up recording the surroundings of a run.
    size: 2,
    file: distFile("worker.js"),
    paths,
    readOnly,
    logger,
    onUpdate: (job) => {
      idle.touch();
      audience.broadcast("job", job);
      if (!readOnly && mode === "daemon") packing.onJob(job);
    },
  });
  cleanup.add("end the jobs", () => jobs.close());
  const tables = new TableReader({ file: distFile("worker.js"), paths });
  cleanup.add("close the tables", () => {
    tables.close();
  });
  cleanup.add("stop packing data", () => {
    packing.close();
  });
  const systemMetrics = new SystemMetrics({ paths, store, launcher, logger });
  cleanup.add("stop looking at the machine", () => systemMetrics.close());
  cleanup.add("stop recording surroundings", captureRuns({ paths, store, launcher, jobs, logger }));
  const liveRuns = new LiveRuns(store);
  const trust = new ProjectTrust(paths.root);
  const alerts = new AlertCenter({
    store,
    root: paths.root,
    active: () => launcher.active(),
    isTrusted: () => trust.holds(),
    tell: (news) => {
      audience.broadcast("alert", news);
    },
    deliver: mode === "daemon",
    logger,
  });
  if (!readOnly) cleanup.add("keep the last alerts", () => alerts.close());
  const reproducer = new Reproducer({
    ...{ root: paths.root, store, launcher, jobs, logger },
    isTrusted: () => trust.holds(),
    tell: (event) => {
      audience.broadcast("repro", event);
    },
  });
  const garbage = new Collector({
    ...{ paths, store, jobs, logger },
    active: () => launcher.active(),
    inUse: async () => launcher.active().length > 0 || (await liveRuns.count()) > 0,
  });
  cleanup.add("stop taking away what was deleted", () => garbage.close());
  const idle = new IdleClock(
    mode === "daemon" ? (options.idleMs ?? DEFAULT_IDLE_MS) : 0,
    async () => {
      const active = launcher.active();
      const others = active.length > 0 ? 0 : await liveRuns.count();
      const runs = active.length + others;
      return describeKeepers(audience.list().length, audience.terminals, runs, jobs.active);
    },
    () => void close("idle"),
  );
  cleanup.add("stop the clock", () => {
    idle.stop();
  });

  const problems: Health["problems"] = networkProblem(paths.data);
  const health = async (): Promise<Health> =>
    readHealth({
      paths,
      version,
      protocol,
      startTime,
      store,
      audience,
      jobs,
      idle,
      door,
      problems,
      readOnly,
    });
  const drain = (reason: string) => {
    setImmediate(() => void close(reason, JOBS_MS));
    return launcher.active().length;
  };
  const owner = readOnly ? ownerOf(options.project ?? paths) : () => undefined;
  const all = createHandlers({
    store,
    facts: store,
    launcher,
    artifacts,
    jobs,
    tables,
    reproducer,
    alerts,
    garbage,
    onTrust: (trusted) => {
      if (readOnly) return;
      trust.tell(trusted);
      alerts.onTrust();
    },
    health,
    environment,
    drain,
  });
  const handlers = readOnly ? onlyReading(all, owner) : all;
  const stopHearing = [
    store.onChange((change) => {
      liveRuns.onStoreChange(change);
      if (!readOnly) alerts.onStoreChange(change);
      if (!readOnly && change.kind === "run") markUsed(paths, access);
      audience.onStoreChange(change);
    }),
    launcher.onOutput((runId, chunk) => {
      alerts.onOutput(runId);
      audience.onOutput(runId, chunk);
    }),
  ];
  cleanup.add("stop listening to the store", () => {
    for (const stop of stopHearing) stop();
  });
  if (!readOnly) await alerts.start();
  if (!readOnly) {
    await launcher.recover();
    await spool?.start();
    await systemMetrics.recover();
  }
  if (!readOnly && mode === "daemon") {
    garbage.resume();
    packing.resume();
  }

  const hello = () => ({ version, protocol, project: paths.root, readOnly, ...owned(owner()) });
  const experimentOf = (runId: string) => findExperiment(store, runId);
  const door: Door | undefined =
    mode === "daemon"
      ? await openDoors({
          ...{
            options,
            access,
            store,
            artifacts,
            handlers,
            audience,
            experimentOf,
            hello,
            cleanup,
            problems,
          },
          ...{ startTime, version, protocol },
          onActivity: () => {
            idle.touch();
          },
        })
      : undefined;
  // A run of an older version of Cairn.
  if (door && !access.used && (await store.countRuns()).size > 0) markUsed(paths, access);

  let ending: Promise<void> | undefined;
  let resolveEnded: (reason: string) => void = () => undefined;
  const ended = new Promise<string>((resolve) => {
    resolveEnded = resolve;
  });
  function close(reason: string, jobsMs = 0): Promise<void> {
    ending ??= (async () => {
      logger.info(`The engine ends: ${reason}.`);
      idle.stop();
      audience.broadcast("ending", { reason });
      door?.refuseNew();
      await jobs.close({ waitMs: jobsMs, reason });
      tables.close();
      await finished(audience);
      await cleanup.run();
      logger.info("The engine has ended.");
      resolveEnded(reason);
    })();
    return ending;
  }
  idle.start();
  if (readOnly && mode === "daemon" && options.project) {
    const watch = watchOwner(options.project, {
      changed: async () => {
        if (await store.catchUp()) audience.broadcast("changed", { runs: [], experiments: true, all: true });
      },
      because: (problem) => problems.push(problem),
      free: () => void close("the project can be written"),
    });
    cleanup.add("stop watching the owner", watch.stop);
  }
  return {
    ended,
    close: (reason) => close(reason),
    connect: (kind) => localClient(handlers, audience, experimentOf, hello(), kind),
  };
}

function localClient(
  handlers: Handlers,
  audience: Audience,
  experimentOf: (runId: string) => Promise<string | undefined>,
  engine: EngineRequests["hello"]["result"],
  kind: ClientKind,
): EngineClient {
  return new LocalClient(engine, handlers, audience, experimentOf, kind);
}

/** Requests under way get their answers; one that takes too long is given up. */
async function finished(audience: Audience): Promise<void> {
  const deadline = Date.now() + FINISH_MS;
  while (audience.busy > 0 && Date.now() < deadline) await new Promise((resolve) => setTimeout(resolve, 10));
}

function trackingEnvironment(
  { root, data }: ProjectPaths,
  access: Access,
  door: Door | undefined,
): Record<string, string> {
  if (!door) {
    throw new CairnError("unavailable", "No engine listens for this project.", {
      hint: "`cairn engine start` starts one.",
    });
  }
  if (door.trackingUri === "") {
    throw new CairnError("refused", "The project is open for reading only, and takes no logs here.", {
      hint: "End Cairn on the other host, or make the folder writable.",
    });
  }
  return {
    MLFLOW_TRACKING_URI: door.trackingUri,
    MLFLOW_TRACKING_TOKEN: access.token,
    CAIRN_PROJECT: root,
    // cairn.py looks for its spool in `.cairn`.
    ...(data !== path.join(root, ".cairn") && { CAIRN_DATA_DIR: data }),
  };
}

/** The other host that holds a project, each time as it is then. */
function ownerOf(project: ProjectPaths): () => string | undefined {
  return () => {
    const host = readLockHolder(`${project.lock}.json`)?.host;
    return host === os.hostname() ? undefined : host;
  };
}

const owned = (owner: string | undefined): { owner?: string } => (owner === undefined ? {} : { owner });

/** SQLite on a network file system depends on locks that not all of them keep. */
function networkProblem(folder: string): Health["problems"] {
  const { name, network } = fileSystemOf(folder);
  if (!network) return [];
  const message = `The data lies on a network file system (${name}), where writing is slower and less safe.`;
  const hint = "The setting cairn.dataDir (CAIRN_DATA_DIR) moves it to a local disk.";
  return [{ severity: "warning", message, hint }];
}

async function findExperiment(store: TrackingStore, runId: string): Promise<string | undefined> {
  try {
    return (await store.getRun(runId)).info.experimentId;
  } catch {
    // Gone: nobody can show it either.
    return undefined;
  }
}

function describeKeepers(clients: number, terminals: number, runs: number, jobs: number): string[] {
  const some = (count: number, what: string) =>
    count === 0 ? [] : [`${count} ${what}${count === 1 ? "" : "s"}`];
  const windows = some(terminals, "window").map((count) => `terminals of ${count}`);
  return [...some(clients, "client"), ...windows, ...some(runs, "run"), ...some(jobs, "job")];
}
