import { lstatSync, readFileSync } from "node:fs";
import path from "node:path";
import { toError } from "../../shared/errors.js";

/** What stays the same across restarts, so that a training run which outlives an engine goes on logging to the next. */
export interface Access {
  /** 32 random bytes, hexadecimal. */
  token: string;
  /** HTTP port; 0 until the first one was opened. */
  port: number;
  /** The project has had runs. */
  used: boolean;
}

export function accessFile(dataDir: string): string {
  return path.join(dataDir, "access.json");
}

/** The remembered access; undefined where there is none that only its owner could have read. */
export function readAccess(dataDir: string): Access | undefined {
  const file = accessFile(dataDir);
  return isPrivate(file) ? parseAccess(readFileSync(file, "utf8")) : undefined;
}

/** A token that came with a checkout or an archive, or that others could read, is not trusted. */
function isPrivate(file: string): boolean {
  try {
    const stat = lstatSync(file);
    if (!stat.isFile()) return false;
    return process.platform === "win32" || (stat.uid === process.getuid?.() && (stat.mode & 0o077) === 0);
  } catch (error) {
    if ((toError(error) as NodeJS.ErrnoException).code === "ENOENT") return false;
    throw error;
  }
}

function parseAccess(text: string): Access | undefined {
  try {
    const { token, port, used } = JSON.parse(text) as Record<string, unknown>;
    if (typeof token !== "string" || !/^[0-9a-f]{64}$/.test(token)) return undefined;
    const valid = Number.isInteger(port) && Number(port) > 0 && Number(port) < 65536;
    return { token, port: valid ? Number(port) : 0, used: used === true };
  } catch {
    // Damaged: a new one is made. Runs that use the old one must be started again.
    return undefined;
  }
}
