import { existsSync } from "node:fs";
import path from "node:path";
import { mediaFile } from "../project/index.js";

type Environment = Record<string, string | undefined>;

/**
 * The environment in which a command is resolved and run: the launcher's own, the caller's over it, and the project's
 * virtual environment first on the PATH, as if it had been activated.
 */
export function baseEnvironment(root: string, ...layers: Environment[]): Environment {
  const merged = layers.reduce((all, layer) => ({ ...all, ...layer }), { ...process.env });
  const active = activeBin(merged);
  if (active !== undefined) return { ...merged, PATH: [active, merged.PATH ?? ""].join(path.delimiter) };
  const folder = [".venv", "venv"].map((name) => path.join(root, name)).find(isVirtualEnvironment);
  if (folder === undefined || merged.VIRTUAL_ENV !== undefined) return merged;
  const bin = path.join(folder, process.platform === "win32" ? "Scripts" : "bin");
  return { ...merged, VIRTUAL_ENV: folder, PATH: [bin, merged.PATH ?? ""].join(path.delimiter) };
}

/** Of the environment that is active by its variables, the folder that its activation puts on the PATH but that is not there. */
function activeBin({ VIRTUAL_ENV, CONDA_PREFIX, PATH }: Environment): string | undefined {
  const folder = VIRTUAL_ENV ?? CONDA_PREFIX;
  if (folder === undefined || folder === "") return undefined;
  const windows = process.platform === "win32";
  const bin = windows && VIRTUAL_ENV === undefined ? folder : path.join(folder, windows ? "Scripts" : "bin");
  return existsSync(bin) && !(PATH ?? "").split(path.delimiter).includes(bin) ? bin : undefined;
}

function isVirtualEnvironment(folder: string): boolean {
  return existsSync(path.join(folder, "pyvenv.cfg"));
}

/** What a run needs to log here, over `base`; output unbuffered, so that it is seen as it is written. */
export function runEnvironment(
  base: Environment,
  run: { runId: string; experimentId: string; root: string; tracking: Record<string, string> },
): Record<string, string> {
  const pythonPath = [mediaFile("python"), base.PYTHONPATH ?? ""].filter((part) => part !== "");
  const environment: Environment = {
    PYTHONUNBUFFERED: "1",
    ...base,
    ...run.tracking,
    // MLflow's client prefers these to the token: the caller's own are for another server, and the user's name tells
    // the engine which run is speaking.
    MLFLOW_TRACKING_USERNAME: run.runId,
    MLFLOW_TRACKING_PASSWORD: run.tracking.MLFLOW_TRACKING_TOKEN,
    MLFLOW_RUN_ID: run.runId,
    MLFLOW_EXPERIMENT_ID: run.experimentId,
    // A name would be looked up again, and one from the caller's shell may not be this run's.
    MLFLOW_EXPERIMENT_NAME: undefined,
    CAIRN_RUN_ID: run.runId,
    CAIRN_PROJECT: run.root,
    PYTHONPATH: pythonPath.join(path.delimiter),
  };
  const defined = Object.entries(environment).filter(
    (pair): pair is [string, string] => pair[1] !== undefined,
  );
  return Object.fromEntries(defined);
}
