import { parseDotEnv } from "../../shared/dotEnv.js";

const NAME = "MLFLOW_TRACKING_URI";

/** Where a tracking server of the user's own may be named. */
export interface Environments {
  /** Of the process that starts terminals. */
  process: Record<string, string | undefined>;
  /** The setting `terminal.integrated.env.*`. */
  settings: Record<string, unknown> | undefined;
  /** Text of the project's `.env`; empty where there is none. */
  dotEnv: string;
}

/** Where the user names a tracking server, which Cairn must not stand in the way of; undefined where they name none. */
export function ownTracking({ process, settings, dotEnv }: Environments): string | undefined {
  // One that came with CAIRN_PROJECT was set by Cairn, in a terminal from which this editor was started.
  if (isSet(process[NAME]) && !isSet(process.CAIRN_PROJECT)) return "the environment";
  if (isSet(settings?.[NAME])) return "the terminal settings";
  if (isSet(parseDotEnv(dotEnv)[NAME])) return ".env";
  return undefined;
}

function isSet(value: unknown): boolean {
  return typeof value === "string" && value !== "";
}
