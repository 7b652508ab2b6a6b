import { closeSync, existsSync, fstatSync, openSync, renameSync, writeSync } from "node:fs";
import { format } from "node:util";
import type { Logger } from "../core/logger.js";

const MAX_BYTES = 2 * 1024 * 1024;

export interface LogFile extends Logger {
  /** Never written: replaced wherever it occurs. */
  hide: (secret: string) => void;
  close: () => void;
}

/**
 * A log file of at most 2 MB with one predecessor. Written at once, so that the last words of a crash are there.
 * A log that cannot be written (disk full) is dropped: it must not stop the work it tells of.
 */
export function openLogFile(file: string): LogFile {
  const secrets: string[] = [];
  let fd: number | undefined = openSync(file, "a", 0o600);
  let size = fstatSync(fd).size;

  function rotate(): void {
    if (fd !== undefined) closeSync(fd);
    fd = undefined;
    if (existsSync(file)) renameSync(file, `${file}.1`);
    fd = openSync(file, "a", 0o600);
    size = 0;
  }

  function write(level: string, message: unknown, data: unknown[]): void {
    let line = `${new Date().toISOString()} [${level}] ${process.pid} ${format(message, ...data)}\n`;
    for (const secret of secrets) line = line.replaceAll(secret, "•••");
    try {
      if (size > MAX_BYTES) rotate();
      if (fd !== undefined) size += writeSync(fd, line);
    } catch {
      // Nowhere left to tell.
    }
  }

  return {
    debug: (message, ...data) => {
      if (process.env.CAIRN_DEBUG) write("debug", message, data);
    },
    info: (message, ...data) => {
      write("info", message, data);
    },
    warn: (message, ...data) => {
      write("warn", message, data);
    },
    error: (message, ...data) => {
      write("error", message, data);
    },
    hide: (secret) => {
      secrets.push(secret);
    },
    close: () => {
      if (fd !== undefined) closeSync(fd);
      fd = undefined;
    },
  };
}
