import fs, { cp, mkdir, readFile, readdir, rename } from "node:fs/promises";
import path from "node:path";
import git from "isomorphic-git";
import * as z from "zod";
import { CairnError } from "../../shared/errors.js";
import { trustProject } from "../config/index.js";
import { mediaFile } from "../project/index.js";

/** `media/sample/history.json`: which files came with which commit, and what is made of the copy. */
const History = z.object({
  author: z.object({ name: z.string(), email: z.string() }),
  /** Files that cannot bear their real names in this repository. */
  rename: z.record(z.string(), z.string()),
  omit: z.array(z.string()),
  untracked: z.array(z.string()),
  commits: z.array(z.object({ message: z.string(), date: z.iso.datetime(), files: z.array(z.string()) })),
});

export interface SampleProject {
  /** Absolute. */
  folder: string;
  /** Object ids, oldest first. */
  commits: string[];
}

async function isEmptyOrMissing(folder: string): Promise<boolean> {
  try {
    return (await readdir(folder)).length === 0;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "ENOENT") return true;
    if (code === "ENOTDIR") return false;
    throw error;
  }
}

/**
 * Copies the sample project to `target` and makes its Git history, without needing git. Trusted, because it is ours.
 * Throws `exists` when the folder holds anything.
 */
export async function createSampleProject(
  target: string,
  source = mediaFile("sample"),
): Promise<SampleProject> {
  const folder = path.resolve(target);
  if (!(await isEmptyOrMissing(folder))) {
    throw new CairnError("exists", `${folder} is not empty.`, { hint: "Choose a new or an empty folder." });
  }
  const history = History.parse(JSON.parse(await readFile(path.join(source, "history.json"), "utf8")));
  await mkdir(folder, { recursive: true });
  const omitted = new Set(history.omit.map((name) => path.join(source, name)));
  await cp(source, folder, {
    recursive: true,
    filter: (from) => !omitted.has(from) && path.basename(from) !== "__pycache__",
  });
  for (const [from, to] of Object.entries(history.rename)) {
    await rename(path.join(folder, from), path.join(folder, to));
  }
  const commits = await makeHistory(folder, history);
  await trustProject(folder);
  return { folder, commits };
}

async function makeHistory(folder: string, history: z.infer<typeof History>): Promise<string[]> {
  const repository = { fs: { promises: fs }, dir: folder };
  await git.init({ ...repository, defaultBranch: "main" });
  const commits: string[] = [];
  for (const { message, date, files } of history.commits) {
    for (const file of files) {
      await git.add({ ...repository, filepath: history.rename[file] ?? file });
    }
    const signature = { ...history.author, timestamp: Date.parse(date) / 1000, timezoneOffset: 0 };
    commits.push(await git.commit({ ...repository, message, author: signature, committer: signature }));
  }
  return commits;
}
