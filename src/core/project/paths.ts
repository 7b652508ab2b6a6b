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
  /** One folder a launched run: spec, console log, exit record. */
  launches: string;
  logs: string;
  /** Short hashed address of the RPC socket (a path over 107 bytes would be cut silently). */
  socket: string;
}

function socketOf(root: string): string {
  const hash = createHash("sha256").update(root).digest("hex").slice(0, 16);
  if (process.platform === "win32") return `\\\\.\\pipe\\cairn-${hash}`;
  const runtime = process.env.XDG_RUNTIME_DIR;
  const folder =
    runtime !== undefined && runtime !== "" && existsSync(runtime) && Buffer.byteLength(runtime) < 70
      ? path.join(runtime, "cairn")
      : path.join("/tmp", `cairn-${process.getuid?.() ?? os.userInfo().username}`);
  return path.join(folder, `${hash}.sock`);
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
    socket: socketOf(data),
  };
}
