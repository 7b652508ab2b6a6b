import { createHash, randomBytes, timingSafeEqual } from "node:crypto";
import { lstatSync, readFileSync } from "node:fs";
import path from "node:path";
import type { ProjectPaths } from "../core/project/index.js";
import { toError } from "../shared/errors.js";
import { writePrivately } from "./dataFolder.js";

/** What stays the same across restarts, so that a training run which outlives an engine goes on logging to the next. */
export interface Access {
  /** 32 random bytes, hexadecimal. */
  token: string;
  /** HTTP port; 0 until the first one was opened. */
  port: number;
}

function accessFile(paths: ProjectPaths): string {
  return path.join(paths.data, "access.json");
}

/** The remembered access, or a new one where there is none that only its owner could have read. */
export function loadAccess(paths: ProjectPaths): Access {
  const file = accessFile(paths);
  const known = isPrivate(file) ? parseAccess(readFileSync(file, "utf8")) : undefined;
  return known ?? { token: randomBytes(32).toString("hex"), port: 0 };
}

export function saveAccess(paths: ProjectPaths, access: Access): void {
  writePrivately(accessFile(paths), JSON.stringify(access), { durably: true });
}

/** Compares in a time that does not depend on where they differ. */
export function sameToken(a: string, b: string): boolean {
  const [left, right] = [a, b].map((text) => createHash("sha256").update(text).digest());
  return left !== undefined && right !== undefined && timingSafeEqual(left, right);
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
    const { token, port } = JSON.parse(text) as Record<string, unknown>;
    if (typeof token !== "string" || !/^[0-9a-f]{64}$/.test(token)) return undefined;
    const valid = Number.isInteger(port) && Number(port) > 0 && Number(port) < 65536;
    return { token, port: valid ? Number(port) : 0 };
  } catch {
    // Damaged: a new one is made. Runs that use the old one must be started again.
    return undefined;
  }
}
