import { accessSync, constants, existsSync, statSync } from "node:fs";
import path from "node:path";

type Environment = Readonly<Record<string, string | undefined>>;

const windows = process.platform === "win32";

function inEnvironment(folder: string): string {
  return windows ? path.join(folder, "Scripts", "python.exe") : path.join(folder, "bin", "python");
}

function inConda(folder: string): string {
  return windows ? path.join(folder, "python.exe") : path.join(folder, "bin", "python");
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return statSync(file).isFile();
  } catch {
    return false;
  }
}

/** The first file of this name on the PATH. */
export function findOnPath(name: string, environment: Environment): string | undefined {
  const extensions = windows ? (environment.PATHEXT ?? ".EXE;.CMD;.BAT").split(";") : [""];
  for (const folder of (environment.PATH ?? environment.Path ?? "").split(path.delimiter)) {
    if (folder === "") continue;
    for (const extension of extensions) {
      const file = path.join(folder, name + extension);
      if (isExecutable(file)) return file;
    }
  }
  return undefined;
}

/**
 * The Python for a script: the one asked for, the project's own environment (`.venv`, `venv`), the active one
 * (VIRTUAL_ENV, CONDA_PREFIX), then python3 or python on the PATH. A name, unresolved, when none is found: starting
 * it then gives the error that the user understands.
 */
export function choosePython(root: string, environment: Environment, asked?: string): string {
  if (asked !== undefined && asked !== "") return asked;
  const candidates = [
    inEnvironment(path.join(root, ".venv")),
    inEnvironment(path.join(root, "venv")),
    ...(environment.VIRTUAL_ENV ? [inEnvironment(environment.VIRTUAL_ENV)] : []),
    ...(environment.CONDA_PREFIX ? [inConda(environment.CONDA_PREFIX)] : []),
  ];
  const found = candidates.find((file) => existsSync(file));
  return found ?? findOnPath("python3", environment) ?? findOnPath("python", environment) ?? "python3";
}
