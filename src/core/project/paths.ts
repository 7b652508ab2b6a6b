import { createHash } from "node:crypto";
import { existsSync, realpathSync } from "node:fs";
import os from "node:os";
import path from "node:path";

/** Where everything of a project lies. All absolute, on real paths. */
export interface ProjectPaths {
  /** The project folder. */
  root: string;
  /** `.cairn`, or where `cairn.dataDir` puts it. */
  data: string;
  database: string;
  /** Held by an EXCLUSIVE SQLite transaction while an engine lives. */
  lock: string;
  /** The handshake: pid, host, socket, HTTP port, version, token; mode 0600. */
  engineFile: string;
  artifacts: string;
  /** One folder a launched run: console log, exit record. */
  launches: string;
  logs: string;
  /** Short hashed address of the RPC socket (a path over 107 bytes would be cut silently). */
  socket: string;
}

function hashOf(data: string): string {
  return createHash("sha256").update(data).digest("hex").slice(0, 16);
}

/** The user's own folder on this host for what ends with the processes. */
function runtimeFolder(): string {
  const runtime = process.env.XDG_RUNTIME_DIR;
  if (runtime !== undefined && runtime !== "" && existsSync(runtime) && Buffer.byteLength(runtime) < 70)
    return path.join(runtime, "cairn");
  const temporary = process.platform === "win32" ? os.tmpdir() : "/tmp";
  return path.join(temporary, `cairn-${process.getuid?.() ?? os.userInfo().username}`);
}

function socketOf(name: string): string {
  if (process.platform === "win32") return `\\\\.\\pipe\\cairn-${name}`;
  return path.join(runtimeFolder(), `${name}.sock`);
}

/**
 * Paths of the project in `folder`, which must exist. Symbolic links are resolved, so that every way to a folder
 * leads to one engine. `dataDir` (setting `cairn.dataDir`, or CAIRN_DATA_DIR) may be absolute or relative to the root.
 */
export function projectPaths(folder: string, dataDir = process.env.CAIRN_DATA_DIR): ProjectPaths {
  const root = realpathSync(folder);
  const data =
    dataDir === undefined || dataDir === "" ? path.join(root, ".cairn") : path.resolve(root, dataDir);
  return {
    root,
    data,
    database: path.join(data, "cairn.db"),
    lock: path.join(data, "engine.lock"),
    engineFile: path.join(data, "engine.json"),
    artifacts: path.join(data, "artifacts"),
    launches: path.join(data, "launches"),
    logs: path.join(data, "logs"),
    socket: socketOf(hashOf(data)),
  };
}

/**
 * The same project for an engine that only reads, because another host owns it or its folder cannot be written: lock,
 * handshake and log lie on this host and not in the project.
 */
export function readerPaths(paths: ProjectPaths): ProjectPaths {
  const name = `${hashOf(paths.data)}-reader`;
  const folder = path.join(runtimeFolder(), name);
  return {
    ...paths,
    lock: path.join(folder, "engine.lock"),
    engineFile: path.join(folder, "engine.json"),
    logs: folder,
    socket: socketOf(name),
  };
}
