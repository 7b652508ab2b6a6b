import { existsSync } from "node:fs";
import { runQuietly, step } from "../../host/bootstrap/report.mjs";
import { works } from "./commands.ts";

/** Whether Git LFS is there; Debian's is installed now where that is allowed. */
export async function hasGitLfs(): Promise<boolean> {
  if (await works("git lfs version")) return true;
  if (process.getuid?.() !== 0 || !existsSync("/usr/bin/apt-get")) {
    console.log("Git LFS is not installed (sudo apt-get install git-lfs): it is left out.");
    return false;
  }
  const env = { ...process.env, DEBIAN_FRONTEND: "noninteractive" };
  try {
    await step("installed git-lfs with apt-get", async () => {
      await runQuietly("apt-get", ["update", "-q"], { env });
      await runQuietly("apt-get", ["install", "-y", "-q", "--no-install-recommends", "git-lfs"], { env });
    });
  } catch (error) {
    console.log(`${String(error)}: Git LFS is left out.`);
  }
  return works("git lfs version");
}
