import { execFile } from "node:child_process";
import { existsSync, readdirSync, readFileSync, realpathSync } from "node:fs";
import path from "node:path";
import { promisify } from "node:util";
import * as z from "zod";
import type { EnvironmentState } from "../../shared/capture.js";
import { userSite } from "./findPython.js";
import { readConda, readPackages } from "./packages.js";

const run = promisify(execFile);

type PythonState = NonNullable<EnvironmentState["python"]>;

/** What an environment says of itself without being started. */
interface Place {
  prefix: string;
  kind: PythonState["kind"];
  version: string | undefined;
  implementation: string | undefined;
  /** Where Python itself lies. */
  base: string;
  /** Whether the packages of `base` count too. */
  usesBase: boolean;
}

const isWindows = process.platform === "win32";

/** `key = value` a line. */
export function parseConfig(text: string): Record<string, string> {
  const pairs = [...text.matchAll(/^[ \t]*([\w-]+)[ \t]*=[ \t]*(.*?)[ \t]*\r?$/gm)];
  return Object.fromEntries(pairs.map(([, key = "", value = ""]) => [key.toLowerCase(), value]));
}

/** Three numbers: virtualenv writes 3.11.7.final.0. */
const shortVersion = (text: string | undefined): string | undefined =>
  /^\d+\.\d+(\.\d+\w*)?/.exec(text ?? "")?.[0];

function venvOf(executable: string): Place | undefined {
  const bin = path.dirname(executable);
  const prefix = [path.dirname(bin), bin].find((folder) => existsSync(path.join(folder, "pyvenv.cfg")));
  if (prefix === undefined) return undefined;
  const config = parseConfig(readFileSync(path.join(prefix, "pyvenv.cfg"), "utf8"));
  const home = config.home ?? bin;
  return {
    prefix,
    kind: config.uv === undefined ? "venv" : "uv",
    version: shortVersion(config.version_info ?? config.version),
    implementation: config.implementation,
    base: isWindows ? home : path.dirname(home),
    usesBase: config["include-system-site-packages"]?.toLowerCase() === "true",
  };
}

/** conda's files are `python-3.11.7-BUILD.json`. */
function condaOf(executable: string): Place | undefined {
  const prefix = isWindows ? path.dirname(executable) : path.dirname(path.dirname(executable));
  const meta = path.join(prefix, "conda-meta");
  if (!existsSync(meta)) return undefined;
  const record = readdirSync(meta).find((name) => /^python-\d[^-]*-[^-]*\.json$/.test(name));
  const version = shortVersion(record?.slice("python-".length));
  return { prefix, kind: "conda", version, implementation: "CPython", base: prefix, usesBase: false };
}

function real(file: string): string {
  try {
    return realpathSync(file);
  } catch {
    return file;
  }
}

function systemOf(executable: string): Place {
  const folder = path.dirname(real(executable));
  const prefix = isWindows ? folder : path.dirname(folder);
  return {
    prefix,
    kind: "system",
    version: undefined,
    implementation: undefined,
    base: prefix,
    usesBase: false,
  };
}

const Asked = z.object({ version: z.string(), implementation: z.string() });

/** Asks the interpreter itself, without its packages: 20 ms. Only where no file says it. */
async function ask(executable: string): Promise<Partial<z.infer<typeof Asked>>> {
  const code =
    "import json, platform; print(json.dumps({'version': platform.python_version(), 'implementation': platform.python_implementation()}))";
  try {
    const { stdout } = await run(executable, ["-I", "-S", "-c", code], { timeout: 5000, windowsHide: true });
    return Asked.parse(JSON.parse(stdout));
  } catch {
    return {};
  }
}

/** The folders of packages below a prefix; Debian has its own beside the usual one. */
function siteFolders(prefix: string, minor: string): string[] {
  if (isWindows) return [path.join(prefix, "Lib", "site-packages")];
  const folders = ["lib", "lib64"].flatMap((lib) => [
    path.join(prefix, lib, `python${minor}`, "site-packages"),
    path.join(prefix, lib, `pypy${minor}`, "site-packages"),
    path.join(prefix, lib, `python${minor}`, "dist-packages"),
    path.join(prefix, lib, "python3", "dist-packages"),
  ]);
  const debian = prefix === "/usr" ? [`/usr/local/lib/python${minor}/dist-packages`] : [];
  return [...debian, ...folders].filter((folder) => existsSync(folder)).map(real);
}

/**
 * The environment of an interpreter (absolute path) and what is installed in it, read from its files: Python is not
 * started, but where nothing else tells its version. `searched` are PYTHONPATH's folders.
 */
export async function readPython(
  executable: string,
  searched: readonly string[],
  notes: string[],
): Promise<PythonState> {
  const place = venvOf(executable) ?? condaOf(executable) ?? systemOf(executable);
  const known = place.version?.split(".").length === 3 && place.implementation !== undefined;
  const asked = known ? {} : await ask(executable);
  const version = asked.version ?? place.version ?? "";
  if (version === "") notes.push(`The version of ${executable} is not known: it does not answer.`);
  const minor = /^\d+\.\d+/.exec(version)?.[0] ?? "3";
  const isOpen = place.kind === "system" || place.usesBase;
  const folders = [
    ...searched,
    ...siteFolders(place.prefix, minor),
    ...(isOpen ? [userSite(minor)] : []),
    ...(place.usesBase ? siteFolders(place.base, minor) : []),
  ];
  const conda = place.kind === "conda" ? await readConda(place.prefix, notes) : [];
  return {
    version,
    implementation: asked.implementation ?? place.implementation ?? "CPython",
    executable,
    prefix: place.prefix,
    kind: place.kind,
    packages: await readPackages(folders, conda, notes),
  };
}
