import { type MediaPlace, mediaOf } from "./mediaPlace.js";

/** What a file is to the follower. */
export type FileKind =
  | "tfevents"
  | "wandb"
  | "lightning"
  | "lightningParams"
  | "dvcliveTable"
  | "dvcliveMetrics"
  | "dvcliveParams"
  | "media";

export interface Recognised {
  kind: FileKind;
  /** Files that are one writer's, so that they belong to one run: a folder, or the file itself. */
  unit: string;
  /** DVCLive's tables: the metric. */
  metric?: string;
  /** Pictures and the like: where they go. */
  media?: MediaPlace;
}

/**
 * What the file at `path` (relative to a run's working folder, `/` between parts) is, by its name alone; undefined for
 * anything else. `dvclive` tells whether a folder is one of DVCLive's whatever its name.
 */
export function recognise(path: string, dvclive: (folder: string) => boolean): Recognised | undefined {
  const cut = path.lastIndexOf("/");
  const name = path.slice(cut + 1);
  const folder = path.slice(0, Math.max(0, cut));
  // TensorBoard's own rule.
  if (name.includes("tfevents") && !name.endsWith(".profile-empty")) return { kind: "tfevents", unit: path };
  if (/(^|\/)wandb\/offline-run-[^/]+\/run-[^/]+\.wandb$/.test(path)) return { kind: "wandb", unit: path };
  if (name === "metrics.csv" && isLightning(folder)) return { kind: "lightning", unit: folder };
  if (name === "hparams.yaml" && isLightning(folder)) return { kind: "lightningParams", unit: folder };
  const table = /^(?:(.*)\/)?plots\/metrics\/(.+)\.tsv$/.exec(path);
  if (table?.[2] !== undefined) return { kind: "dvcliveTable", unit: table[1] ?? "", metric: table[2] };
  const isDvclive = (each: string): boolean => each !== "" && (/(^|\/)dvclive$/.test(each) || dvclive(each));
  if (name === "metrics.json" && isDvclive(folder)) return { kind: "dvcliveMetrics", unit: folder };
  if (name === "params.yaml" && isDvclive(folder)) return { kind: "dvcliveParams", unit: folder };
  const media = mediaOf(path, isDvclive);
  return media === undefined ? undefined : { kind: "media", ...media };
}

/** `lightning_logs/…`, or a logger's folder of another name with its versions. */
function isLightning(folder: string): boolean {
  return /(^|\/)lightning_logs(\/|$)/.test(folder) || /(^|\/)version_\d+$/.test(folder);
}

/** Whether a folder may hold what a run writes; the rest is other people's code and data. */
export function isLookedInto(name: string): boolean {
  return !name.startsWith(".") && !passedOver.has(name);
}

const passedOver = new Set(["node_modules", "site-packages", "__pycache__", "venv", "mlruns", "mlartifacts"]);
