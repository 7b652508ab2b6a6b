import { execFileSync, spawnSync } from "node:child_process";
import { existsSync } from "node:fs";

const isThere = (): boolean => spawnSync("fish", ["--version"], { stdio: "ignore" }).status === 0;

/** Whether there is a fish to ask; where it may be installed, it is. */
export function findFish(): boolean {
  if (isThere()) return true;
  if (process.getuid?.() !== 0 || !existsSync("/usr/bin/apt-get")) return false;
  const env = { ...process.env, DEBIAN_FRONTEND: "noninteractive" };
  try {
    execFileSync("apt-get", ["update", "-q"], { env, stdio: "pipe" });
    execFileSync("apt-get", ["install", "-y", "-q", "--no-install-recommends", "fish"], {
      env,
      stdio: "pipe",
    });
  } catch (error) {
    console.error(`fish could not be installed: ${String(error)}`);
  }
  return isThere();
}
