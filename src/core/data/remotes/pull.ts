import { chmodSync, mkdirSync, renameSync } from "node:fs";
import { open } from "node:fs/promises";
import path from "node:path";
import type { DataPullResult } from "../../../shared/data/remotes.js";
import { CairnError, toErrorShape } from "../../../shared/errors.js";
import { checkoutData } from "../checkout.js";
import type { ContentId } from "../contents.js";
import type { DataProject } from "../context.js";
import { cachePath } from "../dvc/dvcRepository.js";
import { legacyMd5OfFile } from "../dvc/hash.js";
import { asDataError } from "../errors.js";
import { linkIntoCache, wantsCache } from "../linkCache.js";
import { secure } from "../store/index.js";
import { Incoming } from "./incoming.js";
import { groupBy, inLanes } from "./lanes.js";
import type { Output } from "./outputs.js";
import { type TransferOptions, withRemote } from "./push.js";
import { findRemote, withoutPassword } from "./remoteConfig.js";
import { selectOutputs } from "./select.js";
import { keyOf, type Remote } from "./types.js";

interface Wanted extends ContentId {
  /** What it is called in messages. */
  path: string;
}

/**
 * Fetches what pointers refer to and this machine has not, verified, and checks the work tree's datasets out where
 * nothing would be lost by it. What came stays when it is killed or cancelled. Throws CairnError `notFound` after
 * everything else came, for contents that the remote has not; `corrupt` for one that is damaged there.
 */
export async function pullData(project: DataProject, options: TransferOptions): Promise<DataPullResult> {
  const { paths } = project.context;
  const { current, past } = await selectOutputs(project, options.paths, options);
  const result: DataPullResult = {
    ...{ remote: null, url: null, fetched: 0, fetchedBytes: 0, present: 0, datasets: [], skipped: [] },
  };
  const wanted = [...current, ...past].filter(({ path: name, excluded }) => {
    if (excluded.pull !== undefined) result.skipped.push({ path: name, reason: excluded.pull });
    return excluded.pull === undefined;
  });
  project.store.files.sweep();
  const missing: Wanted[] = [];
  for (const [name, group] of groupBy(wanted, ({ remote }) => remote ?? "")) {
    if (absentOf(project, group, result).length === 0) continue;
    const config = findRemote(paths.root, name === "" ? options.remote : name);
    result.remote = config.name;
    result.url = withoutPassword(config.url);
    await withRemote(project, config, async (remote, signal) => {
      missing.push(...(await fetchAll(project, remote, signal, group, result)));
    });
  }
  const lacking = new Set(missing.map(({ path: name }) => name));
  for (const output of current) {
    if (output.excluded.pull !== undefined || [...lacking].some((name) => isIn(output.path, name))) continue;
    await checkOut(project, output, result);
  }
  const isPast = new Set(past.map(({ path: name }) => name));
  const needed = missing.filter(({ path: name }) => {
    const isNeeded = current.some((output) => isIn(output.path, name)) || !isPast.size;
    if (!isNeeded)
      result.skipped.push({ path: name, reason: "the remote has no content of an older version" });
    return isNeeded;
  });
  if (needed.length === 0) return result;
  const names = [...new Set(needed.map(({ path: name }) => name))];
  const more = names.length > 5 ? ` and ${names.length - 5} more` : "";
  throw new CairnError(
    "notFound",
    `The remote ${result.remote ?? ""} (${result.url ?? ""}) has no content for ${names.slice(0, 5).join(", ")}${more}.`,
    { hint: "Everything else was pulled. Whoever added it has to push it: cairn data push, or dvc push." },
  );
}

const isIn = (dataset: string, name: string): boolean => name === dataset || name.startsWith(`${dataset}/`);

/** Contents of these outputs that this machine has not; of folders as far as their lists are here. */
function absentOf({ contents }: DataProject, outputs: readonly Output[], result?: DataPullResult): Wanted[] {
  const found = new Map<string, Wanted>();
  const look = (wanted: Wanted) => {
    if (!contents.has(wanted)) found.set(keyOf(wanted), wanted);
    else if (result) result.present++;
  };
  for (const { md5, isLegacy, path: name } of outputs) {
    look({ md5, isLegacy, path: name });
    if (!md5.endsWith(".dir") || !contents.has({ md5, isLegacy })) continue;
    for (const entry of contents.folder({ md5, isLegacy }))
      look({ md5: entry.md5, isLegacy, path: `${name}/${entry.relpath}` });
  }
  return [...found.values()];
}

/** Lists of files first, then what they name. Returns what the remote has not. */
async function fetchAll(
  project: DataProject,
  remote: Remote,
  signal: AbortSignal,
  outputs: readonly Output[],
  result: DataPullResult,
): Promise<Wanted[]> {
  const lists = absentOf(project, outputs).filter(({ md5 }) => md5.endsWith(".dir"));
  const missing = await fetchSome(project, remote, signal, lists, result);
  const known = new Set(missing.map(keyOf));
  const files = absentOf(project, outputs).filter((wanted) => !known.has(keyOf(wanted)));
  return [...missing, ...(await fetchSome(project, remote, signal, files, result))];
}

async function fetchSome(
  project: DataProject,
  remote: Remote,
  signal: AbortSignal,
  wanted: readonly Wanted[],
  result: DataPullResult,
): Promise<Wanted[]> {
  if (wanted.length === 0) return [];
  const there = await remote.sizes(wanted.map(keyOf));
  const coming = wanted.filter((each) => there.has(keyOf(each)));
  const total = coming.reduce((sum, each) => sum + (there.get(keyOf(each)) ?? 0), 0);
  const incoming = new Incoming(project.store);
  let bytes = 0;
  const onBytes = (count: number) => {
    bytes += count;
    project.context.onProgress?.({
      bytes: Math.min(bytes, total),
      total,
      what: `fetched from ${remote.label}`,
    });
  };
  try {
    const bySize = coming.toSorted((a, b) => (there.get(keyOf(b)) ?? 0) - (there.get(keyOf(a)) ?? 0));
    await inLanes(bySize, remote.lanes, async (each) => {
      signal.throwIfAborted();
      const parts = remote.read(keyOf(each));
      const size = each.isLegacy
        ? await receiveLegacy(project, each, parts, remote.label, onBytes)
        : await incoming.receive(each.md5, parts, remote.label, onBytes);
      result.fetched++;
      result.fetchedBytes += size;
    });
    await incoming.flush();
  } catch (error) {
    // What has come is whole: the next pull need not fetch it again.
    await incoming.flush().catch(() => undefined);
    throw error instanceof CairnError || signal.aborted
      ? error
      : asDataError("pull from", remote.label, error);
  } finally {
    incoming.discard();
  }
  return wanted.filter((each) => !there.has(keyOf(each)));
}

/** Contents by DVC's older hash lie in DVC's cache, where they are looked for. */
async function receiveLegacy(
  { dvc, store }: DataProject,
  wanted: Wanted,
  parts: AsyncIterable<Buffer>,
  from: string,
  onBytes: (count: number) => void,
): Promise<number> {
  if (!dvc)
    throw new CairnError("notFound", `${wanted.path} is of an older DVC, and there is no .dvc folder here.`);
  const file = cachePath(dvc, wanted.md5, true);
  mkdirSync(path.dirname(file), { recursive: true });
  const temporary = store.files.claim(`${file}.${process.pid}.tmp`);
  try {
    const handle = await open(temporary.file, "wx", 0o644);
    let size = 0;
    try {
      for await (const part of parts) {
        await handle.writeFile(part);
        size += part.length;
        onBytes(part.length);
      }
    } finally {
      await handle.close();
    }
    if ((await legacyMd5OfFile(temporary.file)) !== wanted.md5.slice(0, 32))
      throw new CairnError("corrupt", `The object ${wanted.md5} of ${from} is damaged.`, {
        hint: "Push it again from where it is whole; until then remove it there.",
      });
    secure(temporary.file);
    renameSync(temporary.file, file);
    chmodSync(file, 0o444);
    return size;
  } finally {
    store.files.remove(temporary);
  }
}

async function checkOut(project: DataProject, output: Output, result: DataPullResult): Promise<void> {
  const { path: name, md5, isLegacy } = output;
  try {
    const { written, removed } = await checkoutData(project, { target: name, force: false });
    const state = written + removed > 0 ? "checkedOut" : "unchanged";
    result.datasets.push({ path: name, state, reason: null });
  } catch (error) {
    if (!(error instanceof CairnError) || (error.code !== "refused" && error.code !== "busy")) throw error;
    result.datasets.push({ path: name, state: "kept", reason: toErrorShape(error).message });
  }
  if (isLegacy || !wantsCache(project, undefined)) return;
  const { contents } = project;
  const entries = md5.endsWith(".dir") ? contents.folder({ md5, isLegacy }) : [{ md5, relpath: "" }];
  await linkIntoCache(project, md5, entries);
}
