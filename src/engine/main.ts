import { parseArgs } from "node:util";
import module from "node:module";
import path from "node:path";
import { projectPaths, readerPaths } from "../core/project/index.js";
import { CairnError, toError, toErrorShape } from "../shared/errors.js";
import { EXIT } from "./client/handshake.js";
import { ensureDataFolder, ensurePrivateFolder } from "./dataFolder.js";
import { startEngine } from "./engine.js";
import { LockedError } from "./lock.js";
import { type LogFile, openLogFile } from "./logFile.js";
import { DEFAULT_IDLE_MS, type EngineOptions } from "./options.js";

/** The engine's process: `engine.js --project DIR [--data-dir DIR] [--idle-ms N] [--synchronous NORMAL|FULL] [--read-only]`. */
async function main(): Promise<void> {
  let log: LogFile | undefined;
  // Meant for this process, not for those that it starts.
  delete process.env.NODE_COMPILE_CACHE;
  try {
    const options = readArguments();
    if (options.readOnly) {
      ensurePrivateFolder(path.dirname(options.paths.logs));
      ensurePrivateFolder(options.paths.logs);
    } else ensureDataFolder(options.paths);
    log = openLogFile(path.join(options.paths.logs, "engine.log"));
    watchForCrashes(log);
    const engine = await startEngine({ ...options, logger: log, hideFromLog: log.hide });
    for (const signal of ["SIGTERM", "SIGINT", "SIGHUP"] as const)
      process.on(signal, () => void engine.close(signal));
    module.flushCompileCache();
    await engine.ended;
    process.exit(EXIT.done);
  } catch (error) {
    // The client that started this process reads it: whatever it is, it must be told.
    process.stderr.write(`${JSON.stringify({ error: toErrorShape(error) })}\n`);
    const locked = error instanceof LockedError;
    if (!locked) log?.error(error instanceof CairnError ? error.message : toError(error));
    process.exit(locked ? EXIT.locked : EXIT.failed);
  }
}

function readArguments(): Omit<EngineOptions, "logger"> {
  const { values } = parseArgs({
    options: {
      project: { type: "string" },
      "data-dir": { type: "string" },
      "idle-ms": { type: "string", default: process.env.CAIRN_IDLE_MS ?? String(DEFAULT_IDLE_MS) },
      "read-only": { type: "boolean", default: false },
      synchronous: { type: "string", default: process.env.CAIRN_SYNCHRONOUS ?? "NORMAL" },
      // What this engine claims to be, so that tests can hand over between versions.
      version: { type: "string" },
      protocol: { type: "string" },
    },
  });
  if (values.project === undefined) throw new CairnError("invalid", "The engine needs --project DIR.");
  const idleMs = Number(values["idle-ms"]);
  if (!Number.isInteger(idleMs) || idleMs < 0)
    throw new CairnError("invalid", `--idle-ms ${values["idle-ms"]} is not a number of milliseconds.`);
  const { synchronous } = values;
  if (synchronous !== "NORMAL" && synchronous !== "FULL")
    throw new CairnError("invalid", `--synchronous is NORMAL or FULL, not ${synchronous}.`);
  const project = projectPaths(values.project, values["data-dir"]);
  const readOnly = values["read-only"];
  return {
    paths: readOnly ? readerPaths(project) : project,
    readOnly,
    project,
    mode: "daemon",
    idleMs,
    synchronous,
    version: values.version,
    protocol: values.protocol === undefined ? undefined : Number(values.protocol),
  };
}

/** After an unexpected failure nothing can be trusted; the system releases the lock and the next engine recovers. */
function watchForCrashes(log: LogFile): void {
  for (const event of ["uncaughtException", "unhandledRejection"] as const) {
    process.on(event, (thrown) => {
      log.error(`${event}:`, toError(thrown).stack);
      process.stderr.write(`${JSON.stringify({ error: toErrorShape(thrown) })}\n`);
      process.exit(EXIT.failed);
    });
  }
}

void main();
