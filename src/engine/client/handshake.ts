import { readFileSync } from "node:fs";

/** How the engine process ends, for whoever started it. */
export const EXIT = { done: 0, failed: 1, locked: 11 } as const;

/** What `.cairn/engine.json` says about the engine that runs; secret, mode 0600. */
export interface EngineFile {
  pid: number;
  host: string;
  /** Path of the RPC socket, or name of the pipe. */
  socket: string;
  /** HTTP port on 127.0.0.1. */
  port: number;
  version: string;
  protocol: number;
  token: string;
  project: string;
  startTime: number;
}

/** Who holds the project's lock: an engine, or a one-shot command that works in its own process. */
export interface LockHolder {
  pid: number;
  host: string;
  mode: "daemon" | "inProcess";
}

/** Undefined when there is no such file or it holds anything else than a handshake: it is only a hint where to look. */
export function readEngineFile(file: string): EngineFile | undefined {
  const value = readJson(file);
  if (!value) return undefined;
  const { pid, host, socket, port, version, protocol, token, project, startTime } = value;
  if (!isPid(pid) || typeof host !== "string" || typeof socket !== "string" || socket === "")
    return undefined;
  if (typeof port !== "number" || typeof version !== "string" || typeof protocol !== "number")
    return undefined;
  if (typeof token !== "string" || typeof project !== "string" || typeof startTime !== "number")
    return undefined;
  return { pid, host, socket, port, version, protocol, token, project, startTime };
}

export function readLockHolder(file: string): LockHolder | undefined {
  const value = readJson(file);
  if (!value) return undefined;
  const { pid, host, mode } = value;
  if (!isPid(pid) || typeof host !== "string" || (mode !== "daemon" && mode !== "inProcess"))
    return undefined;
  return { pid, host, mode };
}

function isPid(value: unknown): value is number {
  return typeof value === "number" && Number.isSafeInteger(value) && value > 0;
}

function readJson(file: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(readFileSync(file, "utf8"));
    return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : undefined;
  } catch {
    // Missing, half-written by somebody else, or not ours: the lock decides, not this file.
    return undefined;
  }
}
