import { type ChildProcess, spawn } from "node:child_process";
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { distFile, type ProjectPaths } from "../../core/project/index.js";
import { CairnError, type ErrorShape, fromErrorShape, toError } from "../../shared/errors.js";
import { compileCache } from "./compileCache.js";
import { findNode } from "./findNode.js";
import { EXIT } from "./handshake.js";
import type { ConnectOptions } from "./types.js";

/** An engine that was just started and may still fail to come up. */
export class StartingEngine {
  private spawnError: Error | undefined;

  constructor(
    private readonly child: ChildProcess,
    private readonly folder: string,
    private readonly paths: ProjectPaths,
  ) {
    child.once("error", (error) => {
      this.spawnError = error;
    });
    child.unref();
  }

  get ended(): boolean {
    return this.spawnError !== undefined || this.child.exitCode !== null || this.child.signalCode !== null;
  }

  /** It gave way to whoever holds the lock. */
  get gaveWay(): boolean {
    return this.child.exitCode === EXIT.locked;
  }

  /** Why it ended: what it said itself, else the end of what it left behind. */
  failure(): CairnError {
    const output = readText(path.join(this.folder, "stderr"));
    const said = lastError(output);
    if (said) return fromErrorShape(said);
    const how = this.spawnError?.message ?? this.child.signalCode ?? `exit code ${this.child.exitCode}`;
    const tail = (output || readText(path.join(this.paths.logs, "engine.log"))).trimEnd().slice(-1500);
    return new CairnError("unavailable", `Cairn's engine did not start: ${how}.${tail && `\n${tail}`}`, {
      hint: `Its log is ${path.join(this.paths.logs, "engine.log")}.`,
      cause: this.spawnError,
    });
  }

  /** Forgets it; a running engine goes on. */
  release(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/**
 * Starts the engine detached, so that it outlives this process. What it writes before its log is open goes to a
 * file of its own: a pipe would break when this process ends.
 */
export async function startProcess(
  paths: ProjectPaths,
  options: ConnectOptions,
  readOnly: boolean,
): Promise<StartingEngine> {
  const node = await findNode(options.node === "" ? undefined : options.node);
  const folder = mkdtempSync(path.join(os.tmpdir(), "cairn-start-"));
  const stderr = openSync(path.join(folder, "stderr"), "w", 0o600);
  const dataDir = options.dataDir === undefined ? [] : ["--data-dir", options.dataDir];
  try {
    const child = spawn(
      node.executable,
      [
        ...[distFile("engine.js"), "--project", paths.root, ...dataDir],
        ...(readOnly ? ["--read-only"] : []),
        ...(options.engineArguments ?? []),
      ],
      {
        cwd: os.homedir(),
        detached: true,
        stdio: ["ignore", "ignore", stderr],
        windowsHide: true,
        env: { ...inherited(), ...node.environment, NODE_COMPILE_CACHE: compileCache() },
      },
    );
    return new StartingEngine(child, folder, paths);
  } finally {
    closeSync(stderr);
  }
}

/** Without what a debugger or VS Code's own Electron put there for their children. */
function inherited(): NodeJS.ProcessEnv {
  const environment = { ...process.env };
  for (const name of ["NODE_OPTIONS", "VSCODE_INSPECTOR_OPTIONS", "ELECTRON_RUN_AS_NODE"])
    Reflect.deleteProperty(environment, name);
  return environment;
}

function readText(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    return toError(error).message.startsWith("ENOENT") ? "" : toError(error).message;
  }
}

/** The engine tells why it cannot start as one line of JSON. */
function lastError(output: string): ErrorShape | undefined {
  for (const line of output.trimEnd().split("\n").reverse()) {
    if (!line.startsWith('{"error":')) continue;
    try {
      return (JSON.parse(line) as { error: ErrorShape }).error;
    } catch {
      // Cut in the middle: the caller shows the text as it is.
      return undefined;
    }
  }
  return undefined;
}
