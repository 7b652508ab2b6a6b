import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import path from "node:path";
import { promisify } from "node:util";
import zlib from "node:zlib";
import { CairnError } from "../../shared/errors.js";

const run = promisify(execFile);

/**
 * The oldest Node-API with which the native modules load (an older Node crashes on them), and the oldest Node that has
 * zstd, which versions of data need. Node 23 has it since 23.8: it is asked for as such.
 */
const MINIMUM = { node: [22, 15], napi: 10 } as const;

/** How to start one of Cairn's bundles. */
export interface NodeCommand {
  executable: string;
  environment: Record<string, string>;
}

const searches = new Map<string, Promise<NodeCommand>>();

/**
 * The Node for engine and workers: the one configured (`configured`, else CAIRN_NODE), this process's own, one on
 * the PATH, else this executable as Node (Electron). Found once. Throws CairnError when the configured one is too old.
 */
export function findNode(configured = process.env.CAIRN_NODE ?? ""): Promise<NodeCommand> {
  const known = searches.get(configured);
  if (known) return known;
  const search = searchNode(configured);
  searches.set(configured, search);
  search.catch(() => searches.delete(configured));
  return search;
}

async function searchNode(configured: string): Promise<NodeCommand> {
  if (configured !== "") {
    if (await isRecent(configured)) return { executable: configured, environment: {} };
    throw new CairnError("invalid", `${configured} is not a Node that Cairn can use.`, {
      hint: `Point the setting cairn.nodePath (or CAIRN_NODE) to Node ${MINIMUM.node.join(".")} or newer, or clear it.`,
    });
  }
  const { electron, node, napi } = process.versions;
  const own = recent(node, napi ?? "", typeof (zlib as Partial<typeof zlib>).zstdCompressSync);
  if (electron === undefined && own) return { executable: process.execPath, environment: {} };
  for (const candidate of onPath())
    if (await isRecent(candidate)) return { executable: candidate, environment: {} };
  if (electron === undefined && !own) {
    throw new CairnError(
      "unavailable",
      `Cairn needs Node ${MINIMUM.node.join(".")} or newer; this is ${node}.`,
      {
        hint: "Install it, or name one in the setting cairn.nodePath (or CAIRN_NODE).",
      },
    );
  }
  return { executable: process.execPath, environment: { ELECTRON_RUN_AS_NODE: "1" } };
}

/** Only absolute entries: one like `.` would start whatever the project holds. */
function onPath(): string[] {
  const name = process.platform === "win32" ? "node.exe" : "node";
  const folders = (process.env.PATH ?? "").split(path.delimiter).filter((folder) => path.isAbsolute(folder));
  return folders.map((folder) => path.join(folder, name)).filter((file) => existsSync(file));
}

async function isRecent(executable: string): Promise<boolean> {
  try {
    const zstd = "typeof require('node:zlib').zstdCompressSync";
    const script = `process.versions.node+' '+process.versions.napi+' '+${zstd}`;
    const { stdout } = await run(executable, ["-p", script], {
      timeout: 5000,
      windowsHide: true,
      env: { ...process.env, NODE_OPTIONS: "" },
    });
    const [node = "", napi = "", kind = ""] = stdout.trim().split(" ");
    return recent(node, napi, kind);
  } catch {
    // Not executable here, or not Node: the next candidate may be.
    return false;
  }
}

/** `zstd`: the type of zlib's function. */
function recent(node: string, napi: string, zstd: string): boolean {
  const [major = 0, minor = 0] = node.split(".").map(Number);
  const newEnough = major > MINIMUM.node[0] || (major === MINIMUM.node[0] && minor >= MINIMUM.node[1]);
  return newEnough && Number(napi) >= MINIMUM.napi && zstd === "function";
}
