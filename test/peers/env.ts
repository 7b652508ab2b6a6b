import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { execFileSync } from "node:child_process";
import { runQuietly } from "../host/bootstrap/report.mjs";
import { cached } from "../host/cache.ts";
import { platform } from "../host/paths.ts";

/** One locked Python environment a group: test/peers/<group>/requirements.txt pins every package in it. */
export type PeerGroup = "tracking" | "sample" | "formats" | "data" | "trackio";

/** The sample generator needs no more than scikit-learn and numpy, which the tracking environment has. */
const folders: Record<PeerGroup, string> = {
  tracking: "tracking",
  sample: "tracking",
  formats: "formats",
  data: "data",
  trackio: "trackio",
};

/** Oldest Python that the pinned packages run on. */
const minimum = { major: 3, minor: 11 };

/** Path of the group's Python interpreter; the environment is installed into the cache at first use. */
export async function pythonOf(group: PeerGroup): Promise<string> {
  const python = findPython();
  const lock = join(dirname(fileURLToPath(import.meta.url)), folders[group], "requirements.txt");
  const recipe = `${readFileSync(lock, "utf8")}\n${python.version}\n${platform}\n1`;
  const dir = await cached("python", folders[group], recipe, (target) => install(target, python.path, lock));
  return interpreterOf(join(dir, "env"));
}

async function install(dir: string, python: string, lock: string): Promise<void> {
  const env = join(dir, "env");
  if (commandExists("uv")) {
    await runQuietly("uv", ["venv", "--quiet", "--python", python, env]);
    await runQuietly("uv", [
      "pip",
      "install",
      "--quiet",
      "--no-deps",
      "--python",
      interpreterOf(env),
      "-r",
      lock,
    ]);
    return;
  }
  await runQuietly(python, ["-m", "venv", env]);
  // The lock file names everything, so that pip has nothing to resolve and nothing else can come in.
  const options = ["--quiet", "--no-deps", "--no-compile", "--disable-pip-version-check", "--no-input"];
  await runQuietly(interpreterOf(env), ["-m", "pip", "install", ...options, "-r", lock]);
}

function interpreterOf(env: string): string {
  return process.platform === "win32" ? join(env, "Scripts", "python.exe") : join(env, "bin", "python");
}

function findPython(): { path: string; version: string } {
  for (const name of ["python3", "python3.13", "python3.12", "python3.11", "python"]) {
    const found = describe(name);
    if (found) return found;
  }
  throw new Error(
    `The tests against real Python clients need Python ${minimum.major}.${minimum.minor} or newer with venv. ` +
      "Install it with `sudo apt-get install python3 python3-venv` (macOS: `brew install python`).",
  );
}

function describe(name: string): { path: string; version: string } | undefined {
  try {
    const code = "import sys, venv, ensurepip; print(sys.executable); print(*sys.version_info[:3], sep='.')";
    const [path = "", version = ""] = execFileSync(name, ["-c", code], { encoding: "utf8", stdio: "pipe" })
      .trim()
      .split(/\r?\n/);
    const [major = 0, minor = 0] = version.split(".").map(Number);
    const newEnough = major > minimum.major || (major === minimum.major && minor >= minimum.minor);
    return newEnough && existsSync(path) ? { path, version } : undefined;
  } catch {
    return undefined;
  }
}

function commandExists(name: string): boolean {
  try {
    execFileSync(name, ["--version"], { stdio: "ignore" });
    return true;
  } catch {
    return false;
  }
}
