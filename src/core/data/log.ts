import path from "node:path";
import type { DataSetSummary, DataVersion } from "../../shared/data/api.js";
import { CairnError } from "../../shared/errors.js";
import { mustRunGit } from "../lineage/index.js";
import type { DataProject } from "./context.js";
import { parsePointer, placeOf } from "./datasets/place.js";
import type { VersionRecord } from "./datasets/repository.js";
import { type GitAround, gitAround } from "./dvc/gitIgnore.js";

const MAX_COMMITS = 1000;

/** What a pointer in Git's history says. */
interface PointedVersion {
  md5: string;
  size: number;
  files: number | null;
  isLegacy: boolean;
  isExecutable: boolean;
  text: string;
}

interface PointerCommit extends PointedVersion {
  commit: string;
  time: number;
  author: string;
  subject: string;
}

/**
 * The versions of a dataset, newest first: Cairn's, each with the commits whose pointer names it, and those that only
 * Git's history knows. Throws CairnError `notFound` where neither knows it.
 */
export async function logData(project: DataProject, given: string): Promise<DataVersion[]> {
  const { root } = project.context.paths;
  const place = placeOf(root, given);
  const git = gitAround(root, project.context.signal);
  const commits = git ? await pointerHistory(git, place.pointer, place.path) : [];
  const own = project.sets.versions(place.path).map((record) => toVersion(project, record));
  if (own.length === 0 && commits.length === 0) {
    throw new CairnError("notFound", `${place.path} has no versions.`, {
      hint: `Add it: cairn data add '${place.path}'.`,
    });
  }
  const found = new Map<string, DataVersion>();
  for (const version of own.toReversed()) found.set(version.md5, version);
  for (const commit of commits) {
    const { md5, size, files, isLegacy } = commit;
    const rest = { commit: commit.commit, time: commit.time, author: commit.author, subject: commit.subject };
    const version = found.get(md5);
    if (version) version.commits.push(rest);
    else {
      const { time, author, subject: message } = rest;
      const stored = project.contents.has({ md5, isLegacy });
      const unknown = {
        newBytes: 0,
        recipe: null,
        baselineBytes: null,
        alternatives: [],
        packed: true,
        rows: null,
        columns: null,
      };
      found.set(md5, {
        path: place.path,
        version: null,
        md5,
        size,
        files,
        message,
        author,
        time,
        ...unknown,
        stored,
        commits: [rest],
        runs: project.sets.runsOf(md5),
      });
    }
  }
  const known = new Set(own);
  const others = [...found.values()].filter((version) => !known.has(version));
  return [...own, ...others].sort((a, b) => b.time - a.time || (b.version ?? 0) - (a.version ?? 0));
}

/** One of Cairn's versions, without its commits. Throws CairnError `notFound`. */
export function versionOf(project: DataProject, name: string, number: number): DataVersion {
  const record = project.sets.versions(name).find((each) => each.number === number);
  if (record) return toVersion(project, record);
  throw new CairnError("notFound", `${name} has no version ${number}.`, {
    hint: `cairn data log '${name}' lists them.`,
  });
}

function toVersion(project: DataProject, record: VersionRecord): DataVersion {
  const { id, path: name, number: version, md5, size, files, message, author, time, rows, columns } = record;
  const stored = project.contents.has({ md5, isLegacy: false });
  return {
    ...{ path: name, version, md5, size, files, message, author, time },
    ...project.sets.cost(id),
    ...{ rows, columns, stored, commits: [], runs: project.sets.runsOf(md5) },
  };
}

/** What the pointer said in each commit that changed it, newest first; those in which it cannot be read are left out. */
async function pointerHistory(around: GitAround, pointer: string, name: string): Promise<PointerCommit[]> {
  const { git, root: cwd, signal } = around;
  if (git === undefined) return [];
  const relative = path.relative(cwd, pointer).split(path.sep).join("/");
  const options = { git, cwd, signal };
  const format = "--format=%H%x00%ct%x00%an <%ae>%x00%s";
  let listed: string;
  try {
    const argv = ["log", "--all", "--diff-filter=AMR", `--max-count=${MAX_COMMITS}`, format, "--", relative];
    listed = (await mustRunGit(argv, options)).toString("utf8");
  } catch {
    // A repository without a commit.
    return [];
  }
  const commits: PointerCommit[] = [];
  for (const line of listed.split("\n").filter((each) => each !== "")) {
    const [commit = "", time = "0", author = "", subject = ""] = line.split("\0");
    const out = await pointerIn(around, commit, relative, name);
    if (out) commits.push({ ...{ commit, time: Number(time) * 1000, author, subject }, ...out });
  }
  return commits;
}

/** What a revision's pointer says of a dataset; undefined where it has none that can be read. */
export async function pointerIn(
  { git, root: cwd, signal }: GitAround,
  revision: string,
  relative: string,
  name: string,
): Promise<PointedVersion | undefined> {
  if (git === undefined) return undefined;
  try {
    const argv = ["cat-file", "blob", `${revision}:${relative}`];
    const text = (await mustRunGit(argv, { git, cwd, signal })).toString("utf8");
    const { out } = parsePointer(name, text);
    if (out.md5 === undefined) return undefined;
    return {
      ...{ md5: out.md5, size: out.size ?? 0, files: out.nfiles ?? null, isLegacy: out.hash !== "md5" },
      ...{ isExecutable: out.isexec === true, text },
    };
  } catch (error) {
    if (signal.aborted) throw error;
    return undefined;
  }
}

/** All datasets of the project that have versions, by path. */
export function listData({ sets }: DataProject): DataSetSummary[] {
  return sets.summaries();
}
