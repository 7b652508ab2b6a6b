import path from "node:path";
import { CairnError } from "../../shared/errors.js";
import { runGit } from "../lineage/index.js";
import type { DataProject } from "./context.js";
import { findTracked } from "./datasets/findDatasets.js";
import { type Place, placeOf, pointerAt } from "./datasets/place.js";
import { gitAround } from "./dvc/gitIgnore.js";
import { pointerIn } from "./log.js";

/** A version that can be looked for. */
export interface WantedVersion {
  place: Place;
  md5: string;
  isLegacy: boolean;
  isExecutable: boolean;
  /** Cairn's number, where it is one of Cairn's. */
  number: number | null;
  /** It is what the pointer (or `dvc.lock`) says already. */
  isPointed: boolean;
  /** The pointer as it was, of a version by DVC's older hash. */
  pointerText?: string;
}

const LEAST_HASH = 4;

/**
 * The version that `PATH[@VERSION]` names: Cairn's number, else a Git revision, else a hash or its beginning; without
 * one what the pointer says, else the newest. Throws CairnError `notFound`, `invalid`.
 */
export async function resolveVersion(project: DataProject, given: string): Promise<WantedVersion> {
  const { root } = project.context.paths;
  const at = given.lastIndexOf("@");
  const whole = isDataset(project, given) ? given : undefined;
  if (whole !== undefined || at < 1) return pointedVersion(project, placeOf(root, whole ?? given));
  const place = placeOf(root, given.slice(0, at));
  const wanted = given.slice(at + 1);
  const found =
    byNumber(project, place, wanted) ??
    (await byRevision(project, place, wanted)) ??
    byHash(project, place, wanted);
  if (found) return { ...found, place, isPointed: false };
  throw new CairnError("notFound", `${place.path} has no version ${wanted}.`, {
    hint: `cairn data log '${place.path}' lists them.`,
  });
}

type Found = Omit<WantedVersion, "place" | "isPointed">;

function isDataset(project: DataProject, given: string): boolean {
  try {
    const place = placeOf(project.context.paths.root, given);
    return project.sets.newest(place.path) !== undefined || pointerAt(place) !== undefined;
  } catch {
    return false;
  }
}

function pointedVersion(project: DataProject, place: Place): WantedVersion {
  const { root } = project.context.paths;
  const locked = () => findTracked(root).find((tracked) => tracked.path === place.path)?.locked;
  const out = pointerAt(place)?.out ?? locked();
  if (out?.md5 !== undefined) {
    const isLegacy = "isLegacy" in out ? out.isLegacy === true : out.hash !== "md5";
    const isExecutable = "isexec" in out && out.isexec === true;
    const number = project.sets.byMd5(place.path, out.md5)?.number ?? null;
    return { place, md5: out.md5, isLegacy, isExecutable, number, isPointed: true };
  }
  const newest = project.sets.newest(place.path);
  if (newest) {
    const { md5, number, executable } = newest;
    return { place, md5, isLegacy: false, isExecutable: executable === 1, number, isPointed: false };
  }
  throw new CairnError("notFound", `${place.path} is no dataset: it has neither a pointer nor versions.`, {
    hint: "cairn data list shows the datasets.",
  });
}

function byNumber({ sets }: DataProject, { path: name }: Place, wanted: string): Found | undefined {
  if (!/^\d{1,9}$/.test(wanted)) return undefined;
  const found = sets.versions(name).find(({ number }) => number === Number(wanted));
  return (
    found && { md5: found.md5, isLegacy: false, isExecutable: found.executable === 1, number: found.number }
  );
}

async function byRevision(project: DataProject, place: Place, wanted: string): Promise<Found | undefined> {
  const around = gitAround(project.context.paths.root, project.context.signal);
  if (around?.git === undefined || wanted.startsWith("-")) return undefined;
  const { git, root: cwd, signal } = around;
  const { code, stdout } = await runGit(
    ["rev-parse", "--verify", "--quiet", "--end-of-options", `${wanted}^{commit}`],
    {
      ...{ git, cwd, signal },
    },
  );
  if (code !== 0) return undefined;
  const commit = stdout.toString("utf8").trim();
  const relative = path.relative(cwd, place.pointer).split(path.sep).join("/");
  const out = await pointerIn(around, commit, relative, place.path);
  if (!out) {
    throw new CairnError("notFound", `${place.path} has no pointer in ${wanted} (${commit.slice(0, 10)}).`, {
      hint: `cairn data log '${place.path}' tells in which commits it has one.`,
    });
  }
  const own = out.isLegacy ? undefined : project.sets.byMd5(place.path, out.md5);
  return {
    md5: out.md5,
    isLegacy: out.isLegacy,
    isExecutable: own?.executable === 1,
    number: own?.number ?? null,
  };
}

function byHash(project: DataProject, { path: name }: Place, wanted: string): Found | undefined {
  const hash = wanted.replace(/\.dir$/, "");
  if (!/^[0-9a-f]{4,32}$/.test(hash) || hash.length < LEAST_HASH) return undefined;
  const found = project.sets.versions(name).filter(({ md5 }) => md5.startsWith(hash));
  if (new Set(found.map(({ md5 }) => md5)).size > 1)
    throw new CairnError("invalid", `The hashes of several versions of ${name} begin with ${hash}.`, {
      hint: "Give more of it.",
    });
  const [first] = found;
  return (
    first && { md5: first.md5, isLegacy: false, isExecutable: first.executable === 1, number: first.number }
  );
}
