import { closeSync, existsSync, openSync, readFileSync, readSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { choosePython, findOnPath } from "../runs/index.js";

export interface CommandPlace {
  /** The project's folder. */
  root: string;
  cwd: string;
  argv: readonly string[];
  /** The command is one line for a shell, the last of `argv`. */
  shell: boolean;
  environment: Readonly<Record<string, string | undefined>>;
}

const isPython = (word: string): boolean =>
  /^(python|pypy)[\d.]*w?(\.exe)?$/i.test(word.split(/[\\/]/).at(-1) ?? "");

/** Words before the program: settings, and programs that only start another one. */
const isPrefix = (word: string): boolean => /^[A-Za-z_]\w*=|^(env|exec|nohup|time|nice|command)$/.test(word);

function words({ argv, shell }: CommandPlace): string[] {
  if (!shell) return argv.slice();
  return (argv.at(-1) ?? "").split(/[\s;&|()<>]+/).map((word) => word.replace(/^["']|["']$/g, ""));
}

function locate(program: string, { cwd, environment }: CommandPlace): string | undefined {
  if (/[\\/]/.test(program)) {
    const file = path.resolve(cwd, program);
    return existsSync(file) ? file : undefined;
  }
  return findOnPath(program, environment);
}

/** The interpreter that the first line of a script names; `torchrun` and the like are such scripts. */
function shebang(file: string, place: CommandPlace): string | undefined {
  const start = Buffer.alloc(512);
  let length = 0;
  try {
    const fd = openSync(file, "r");
    length = readSync(fd, start, 0, start.length, 0);
    closeSync(fd);
  } catch {
    return undefined;
  }
  const [, line = ""] = /^#!([^\r\n]*)/.exec(start.toString("utf8", 0, length)) ?? [];
  const found = line.trim().split(/\s+/).find(isPython);
  return found === undefined ? undefined : locate(found, place);
}

/**
 * The Python that a command runs with: the one that it names, that of the script it starts, else the one that the
 * project's environment, VIRTUAL_ENV or the PATH give. Undefined where there is none.
 */
export function findPython(place: CommandPlace): string | undefined {
  const all = words(place).filter((word) => word !== "" && !isPrefix(word));
  const named = place.shell ? all.find(isPython) : all.slice(0, 1).find(isPython);
  const program = all[0] === undefined ? undefined : locate(all[0], place);
  const file =
    (named === undefined ? undefined : locate(named, place)) ??
    (program === undefined ? undefined : shebang(program, place)) ??
    chosen(place);
  return file === undefined ? undefined : (throughPyenv(file, place) ?? file);
}

function chosen(place: CommandPlace): string | undefined {
  const python = choosePython(place.root, place.environment);
  return path.isAbsolute(python) && existsSync(python) ? python : undefined;
}

/** pyenv's shims are shell scripts: which Python they start is told by PYENV_VERSION or the nearest `.python-version`. */
function throughPyenv(file: string, { cwd, environment }: CommandPlace): string | undefined {
  const shims = path.dirname(file);
  if (path.basename(shims) !== "shims") return undefined;
  const pyenv = path.dirname(shims);
  const read = (name: string): string | undefined => {
    try {
      return readFileSync(name, "utf8");
    } catch {
      return undefined;
    }
  };
  let found = environment.PYENV_VERSION;
  for (let at = cwd; found === undefined; at = path.dirname(at)) {
    found = read(path.join(at, ".python-version"));
    if (at === path.dirname(at)) break;
  }
  found ??= read(path.join(pyenv, "version"));
  for (const version of (found ?? "").split(/[\s:]+/).filter((word) => word !== "")) {
    const python = path.join(pyenv, "versions", version, "bin", "python");
    if (existsSync(python)) return python;
  }
  // "system": the next on the PATH.
  const rest = (environment.PATH ?? "").split(path.delimiter).filter((folder) => folder !== shims);
  return findOnPath(path.basename(file), { ...environment, PATH: rest.join(path.delimiter) });
}

/** Where `pip install --user` puts packages for Python `minor`, as "3.11". */
export function userSite(minor: string): string {
  return path.join(os.homedir(), ".local", "lib", `python${minor}`, "site-packages");
}
