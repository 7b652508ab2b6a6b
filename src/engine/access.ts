import { createHash, randomBytes, timingSafeEqual } from "node:crypto";
import type { ProjectPaths } from "../core/project/index.js";
import { type Access, accessFile, readAccess } from "./client/index.js";
import { writePrivately } from "./dataFolder.js";

export type { Access } from "./client/index.js";

/** The remembered access, or a new one where there is none that only its owner could have read. */
export function loadAccess(paths: ProjectPaths): Access {
  return readAccess(paths.data) ?? { token: randomBytes(32).toString("hex"), port: 0, used: false };
}

export function saveAccess(paths: ProjectPaths, access: Access): void {
  writePrivately(accessFile(paths.data), JSON.stringify(access), { durably: true });
}

/** Remembers that the project has had runs: windows know by it, without an engine, that its terminals may log here. */
export function markUsed(paths: ProjectPaths, access: Access): void {
  if (access.used || access.port === 0) return;
  access.used = true;
  saveAccess(paths, access);
}

/** Compares in a time that does not depend on where they differ. */
export function sameToken(a: string, b: string): boolean {
  const [left, right] = [a, b].map((text) => createHash("sha256").update(text).digest());
  return left !== undefined && right !== undefined && timingSafeEqual(left, right);
}
