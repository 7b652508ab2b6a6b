import { allowedName } from "../../core/importers/index.js";

/** A picture, table, sound or page that another tool wrote beside its numbers. */
export interface MediaPlace {
  /** Folder of the artifact, or the artifact itself where `extension` is absent. */
  path: string;
  /** With its dot; what stands before it is the step. */
  extension?: string;
  /** The step, where the name tells it. A file that has an extension but no step is written anew at each step. */
  step?: number;
}

export interface Media {
  /** The writer whose file it is, as in `Recognised`. */
  unit: string;
  media: MediaPlace;
}

const WANDB = /^((?:.*\/)?wandb\/offline-run-[^-/]+-([^/]+))\/files\/media\/(.+)$/;
/** W&B's `_wb_filename`: KEY_STEP_ID, the ID a part of the content's digest or a number. */
const WANDB_NAME = /^(.+)_(\d{1,15})_[\da-z]+((?:\.\w+)+)$/;
const DVCLIVE = /^(?:(.*)\/)?(plots\/(?:images|sklearn|custom)|static)\/(.+)$/;
const PICTURE = /\.(?:png|jpe?g|gif|svg)$/i;
/** `sample/300.png`: a script that names its steps itself, as DVCLive advises for its slider. */
const NUMBERED = /\d\.\w+$/;

/** What is media by its path (relative to a run's working folder), and where in the run's artifacts it goes. */
export function mediaOf(path: string, isDvclive: (folder: string) => boolean): Media | undefined {
  const [, run, id, inside] = WANDB.exec(path) ?? [];
  if (run !== undefined && id !== undefined && inside !== undefined)
    return { unit: `${run}/run-${id}.wandb`, media: wandbPlace(inside) };
  const [, folder = "", kind, name] = DVCLIVE.exec(path) ?? [];
  if (kind === undefined || name === undefined || !isDvclive(folder)) return undefined;
  const media = dvclivePlace(kind, name);
  return media === undefined ? undefined : { unit: folder, media };
}

/** Whether a folder (relative, as above) may hold media, so that its files are worth a look. */
export function mayHoldMedia(folder: string): boolean {
  return /(^|\/)(plots\/(images|sklearn|custom)|static)(\/|$)|\/files\/media(\/|$)/.test(folder);
}

function wandbPlace(inside: string): MediaPlace {
  const [, key, step, extension] = WANDB_NAME.exec(inside) ?? [];
  const folder = key === undefined ? "" : allowedName(`wandb/${key}`);
  if (folder === "" || extension === undefined) return { path: allowedName(`wandb/${inside}`) };
  return { path: folder, step: Number(step), extension };
}

function dvclivePlace(kind: string, name: string): MediaPlace | undefined {
  if (kind === "plots/sklearn" || kind === "plots/custom")
    return name.endsWith(".json") ? { path: allowedName(`dvclive/plots/${name}`) } : undefined;
  const extension = PICTURE.exec(name)?.[0];
  if (extension === undefined) return undefined;
  const path = allowedName(`dvclive/${kind === "static" ? "static" : "images"}/${name}`);
  if (kind === "static" || NUMBERED.test(name)) return { path };
  return { path: path.slice(0, -extension.length), extension };
}
