import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import type { DataRemote } from "../../../shared/data/remotes.js";
import { CairnError } from "../../../shared/errors.js";
import { writeWhole } from "../../files/index.js";
import { findDvcRepository } from "../dvc/dvcRepository.js";
import { asDataError } from "../errors.js";
import { type IniSections, parseIni, removeFrom, setValue } from "./iniFile.js";

/** A remote as DVC's configuration has it, its address made absolute. */
export interface RemoteConfig {
  name: string;
  /** An address with a scheme, or an absolute path. */
  url: string;
  /** Everything else, keys in lower case; paths are absolute. */
  options: ReadonlyMap<string, string>;
}

export interface NewRemote {
  name: string;
  /** A relative path is one to `cwd`. */
  url: string;
  cwd: string;
  isDefault: boolean;
  /** Replace the one that has the name. */
  force: boolean;
  /** Into the file that Git does not have. */
  local: boolean;
  options: Record<string, string>;
}

/** What belongs to one person and never into Git. */
const SECRET = /password|secret|token|passphrase|access_key|account_key|sas/;
const FILES = ["credentialpath", "configpath", "keyfile", "cert_path", "key_path"];
const HAS_SCHEME = /^[a-z][a-z0-9+.-]+:\/\//i;
const NAME = /^[\w][\w./-]{0,99}$/;

/** The remotes that commands in a project see, sorted by name: of the system, the user, the project, this clone. */
export function listRemotes(root: string): DataRemote[] {
  const { sections, standard } = load(root);
  return [...sections.keys()]
    .flatMap((section) => nameIn(section) ?? [])
    .sort((a, b) => (a < b ? -1 : 1))
    .map((name) => ({
      name,
      url: withoutPassword(sections.get(sectionOf(name))?.get("url") ?? ""),
      isDefault: name === standard,
    }));
}

/** Throws CairnError `notFound` where there is none of this name, or none was named and none is the default one. */
export function findRemote(root: string, wanted?: string): RemoteConfig {
  const { sections, standard } = load(root);
  const name = wanted ?? standard;
  if (name === undefined) {
    const known = listRemotes(root).map((remote) => remote.name);
    throw new CairnError("notFound", "No remote is the default one.", {
      hint:
        known.length > 0
          ? `Choose one with -r: ${known.join(", ")}.`
          : "Add one: cairn data remote add origin URL --default.",
    });
  }
  return resolve(sections, name, new Set());
}

/** Writes a remote to `.dvc/config`; makes the `.dvc` folder where there is none. Returns what was written. */
export async function addRemote(root: string, remote: NewRemote): Promise<string[]> {
  const { name, isDefault } = remote;
  if (!NAME.test(name))
    throw new CairnError("invalid", `"${name}" is no name for a remote.`, {
      hint: "Letters, digits, dots, dashes and underscores.",
    });
  if (remote.url.trim() === "") throw new CairnError("invalid", "The address of the remote is empty.");
  const folder = path.join(findDvcRepository(root)?.root ?? root, ".dvc");
  const wrote = await makeDvcFolder(root, folder);
  const files = { shared: path.join(folder, "config"), local: path.join(folder, "config.local") };
  const texts = new Map(Object.values(files).map((file) => [file, readText(file)]));
  const known = [...texts].some(([file, text]) => parseIni(text, file).has(sectionOf(name)));
  if (known && !remote.force)
    throw new CairnError("exists", `There is a remote ${name} already.`, {
      hint: "Choose another name, or replace it with --force.",
    });
  if (known) for (const [file, text] of texts) texts.set(file, removeFrom(text, file, sectionOf(name)));
  const set = (file: string, section: string, key: string, value: string) =>
    texts.set(file, setValue(texts.get(file) ?? "", file, { section, key, value }));
  const own = remote.local ? files.local : files.shared;
  set(own, sectionOf(name), "url", storedUrl(remote, folder));
  for (const [key, value] of Object.entries(remote.options))
    set(SECRET.test(key.toLowerCase()) ? files.local : own, sectionOf(name), key.toLowerCase(), value);
  if (isDefault) set(own, "core", "remote", name);
  for (const [file, text] of texts) {
    if (text === readText(file)) continue;
    await writeWhole(file, text);
    wrote.push(path.relative(root, file).split(path.sep).join("/"));
  }
  return [...new Set(wrote)];
}

/** Throws CairnError `notFound` for what neither `.dvc/config` nor `.dvc/config.local` has. */
export async function removeRemote(root: string, name: string): Promise<string[]> {
  const folder = path.join(findDvcRepository(root)?.root ?? root, ".dvc");
  const wrote: string[] = [];
  let found = false;
  for (const file of [path.join(folder, "config"), path.join(folder, "config.local")]) {
    const text = readText(file);
    const sections = parseIni(text, file);
    found ||= sections.has(sectionOf(name));
    let changed = removeFrom(text, file, sectionOf(name));
    if (sections.get("core")?.get("remote") === name) changed = removeFrom(changed, file, "core", "remote");
    if (changed === text) continue;
    await writeWhole(file, changed);
    wrote.push(path.relative(root, file).split(path.sep).join("/"));
  }
  if (found) return wrote;
  throw new CairnError("notFound", `There is no remote ${name} in ${path.join(folder, "config")}.`, {
    hint: "cairn data remote list shows the remotes; those of the user and the system are DVC's to change.",
  });
}

/** What `dvc init` makes, so that DVC takes the folder for its own. */
async function makeDvcFolder(root: string, folder: string): Promise<string[]> {
  if (existsSync(folder)) return [];
  try {
    mkdirSync(folder, { recursive: true });
    writeFileSync(path.join(folder, ".gitignore"), "/config.local\n/tmp\n/cache\n");
    const hasGit = isInGit(root);
    await writeWhole(path.join(folder, "config"), hasGit ? "" : "[core]\n    no_scm = True\n");
    return [".dvc/.gitignore", ".dvc/config"];
  } catch (error) {
    throw asDataError("make", folder, error);
  }
}

function isInGit(folder: string): boolean {
  if (existsSync(path.join(folder, ".git"))) return true;
  const parent = path.dirname(folder);
  return parent !== folder && isInGit(parent);
}

function storedUrl({ url, cwd }: NewRemote, folder: string): string {
  if (HAS_SCHEME.test(url) || url.startsWith("~") || path.isAbsolute(url)) return url;
  return path.relative(folder, path.resolve(cwd, url)).split(path.sep).join("/");
}

/** All levels together, later ones over earlier ones, with the paths in them made absolute. */
function load(root: string): { sections: IniSections; standard: string | undefined } {
  const dvc = findDvcRepository(root);
  const files = [
    path.join(systemFolder(), "config"),
    path.join(globalFolder(), "config"),
    ...(dvc ? ["config", "config.local"].map((name) => path.join(dvc.root, ".dvc", name)) : []),
  ];
  const merged: IniSections = new Map();
  for (const file of files) {
    for (const [section, values] of parseIni(readText(file), file)) {
      const into = merged.get(section) ?? new Map<string, string>();
      merged.set(section, into);
      for (const [key, value] of values) {
        const isPath = nameIn(section) !== undefined && (key === "url" || FILES.includes(key));
        into.set(key, isPath ? absolute(path.dirname(file), value) : value);
      }
    }
  }
  return { sections: merged, standard: merged.get("core")?.get("remote") };
}

function resolve(sections: IniSections, name: string, seen: Set<string>): RemoteConfig {
  const values = sections.get(sectionOf(name));
  const url = values?.get("url");
  if (!values || url === undefined || seen.has(name)) {
    const known = [...sections.keys()].flatMap((section) => nameIn(section) ?? []);
    throw new CairnError("notFound", `There is no remote ${name}.`, {
      hint:
        known.length > 0
          ? `There are: ${known.join(", ")}.`
          : `Add it: cairn data remote add ${name} URL --default.`,
    });
  }
  const options = new Map([...values].filter(([key]) => key !== "url"));
  const other = /^remote:\/\/([^/]+)\/?(.*)$/.exec(url);
  if (!other) return { name, url, options };
  const [, base = "", rest = ""] = other;
  const found = resolve(sections, base, seen.add(name));
  return {
    name,
    url: rest === "" ? found.url : `${found.url.replace(/\/$/, "")}/${rest}`,
    options: new Map([...found.options, ...options]),
  };
}

const sectionOf = (name: string): string => `remote "${name}"`;

function nameIn(section: string): string | undefined {
  return /^\s*remote\s*"(.*)"\s*$/.exec(section)?.[1];
}

function absolute(folder: string, value: string): string {
  if (HAS_SCHEME.test(value) || path.isAbsolute(value)) return value;
  if (value === "~" || /^~[/\\]/.test(value)) return path.join(os.homedir(), value.slice(1));
  return path.resolve(folder, value);
}

function readText(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    if (["ENOENT", "ENOTDIR"].includes((error as NodeJS.ErrnoException).code ?? "")) return "";
    throw asDataError("read", file, error);
  }
}

/** Where DVC looks, on each system. */
function globalFolder(): string {
  const { DVC_GLOBAL_CONFIG_DIR: given, XDG_CONFIG_HOME: xdg, LOCALAPPDATA: local } = process.env;
  if (given !== undefined && given !== "") return given;
  const home = os.homedir();
  if (process.platform === "darwin") return path.join(home, "Library", "Application Support", "dvc");
  if (process.platform === "win32")
    return path.join(local ?? path.join(home, "AppData", "Local"), "iterative", "dvc");
  return path.join(xdg === undefined || xdg === "" ? path.join(home, ".config") : xdg, "dvc");
}

function systemFolder(): string {
  const { DVC_SYSTEM_CONFIG_DIR: given, XDG_CONFIG_DIRS: xdg, ProgramData: data } = process.env;
  if (given !== undefined && given !== "") return given;
  if (process.platform === "darwin") return "/Library/Application Support/dvc";
  if (process.platform === "win32") return path.join(data ?? "C:\\ProgramData", "iterative", "dvc");
  const first = (xdg ?? "").split(":")[0] ?? "";
  return path.join(first === "" ? "/etc/xdg" : first, "dvc");
}

/** An address for people and logs. */
export function withoutPassword(url: string): string {
  return url.replace(/^([a-z][a-z0-9+.-]*:\/\/[^/:@]*):[^/@]*@/i, "$1:…@");
}
