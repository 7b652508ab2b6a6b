import { execFileSync } from "node:child_process";

/** Whether a process may be given a host name of its own here. */
export function canRename(): boolean {
  try {
    execFileSync("unshare", ["--uts", "hostname", "elsewhere"], { stdio: "ignore" });
    return true;
  } catch {
    return false;
  }
}
