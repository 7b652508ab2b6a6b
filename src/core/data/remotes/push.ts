import type { DataPushResult, DataScope } from "../../../shared/data/remotes.js";
import { CairnError } from "../../../shared/errors.js";
import type { DataProject } from "../context.js";
import { groupBy, inLanes } from "./lanes.js";
import { openRemote } from "./openRemote.js";
import type { Output } from "./outputs.js";
import { findRemote, withoutPassword } from "./remoteConfig.js";
import { selectOutputs } from "./select.js";
import { keyOf, type Remote } from "./types.js";

export interface TransferOptions extends DataScope {
  /** Datasets, or folders with some; all without any. */
  paths: readonly string[];
  /** Its name; else the default one. */
  remote?: string;
}

interface ToPush {
  md5: string;
  isLegacy: boolean;
  /** What it is called in messages. */
  path: string;
  /** Contents that must be there before it: of a folder. */
  needs: string[];
}

/**
 * Sends what pointers refer to and the remote has not: first files, then the lists of files of folders whose files are
 * all there, so that what is there is always whole. Killed at any moment, the next push goes on with what is missing.
 * Throws CairnError `notFound` after everything else was sent, for contents that neither this machine nor the remote
 * has; else what the remote throws.
 */
export async function pushData(project: DataProject, options: TransferOptions): Promise<DataPushResult> {
  const { current, past } = await selectOutputs(project, options.paths, options);
  const standard = findRemote(project.context.paths.root, options.remote);
  const result: DataPushResult = {
    ...{ remote: standard.name, url: withoutPassword(standard.url) },
    ...{ sent: 0, sentBytes: 0, present: 0, skipped: [] },
  };
  const outputs = [...current, ...past].filter(({ path: name, excluded }) => {
    if (excluded.push !== undefined) result.skipped.push({ path: name, reason: excluded.push });
    return excluded.push === undefined;
  });
  project.store.files.sweep();
  const isPast = new Set(past);
  const missing: ToPush[] = [];
  for (const [name, group] of groupBy(outputs, ({ remote }) => remote ?? standard.name)) {
    const remote = findRemote(project.context.paths.root, name);
    await withRemote(project, remote, async (opened, signal) => {
      missing.push(...(await pushTo(project, opened, signal, { group, isPast, result })));
    });
  }
  if (missing.length === 0) return result;
  const names = [...new Set(missing.map(({ path: each }) => each))];
  const more = names.length > 5 ? ` and ${names.length - 5} more` : "";
  throw new CairnError(
    "notFound",
    `Neither this machine nor the remote has the content of ${names.slice(0, 5).join(", ")}${more}.`,
    { hint: "Everything else was pushed. Add the dataset, or pull it, where its content still is." },
  );
}

/** Opens a remote for some work; what it left half done is taken away, also after a cancel. */
export async function withRemote<T>(
  project: DataProject,
  config: Parameters<typeof openRemote>[1],
  work: (remote: Remote, signal: AbortSignal) => Promise<T>,
): Promise<T> {
  // A failure of one transfer ends the others.
  const ending = new AbortController();
  const signal = AbortSignal.any([project.context.signal, ending.signal]);
  const remote = await openRemote(project, config, signal);
  try {
    return await work(remote, signal);
  } catch (error) {
    if (project.context.signal.aborted) throw new CairnError("cancelled", "Cancelled: what was done stays.");
    throw error;
  } finally {
    ending.abort();
    await remote.close();
  }
}

async function pushTo(
  project: DataProject,
  remote: Remote,
  signal: AbortSignal,
  { group, isPast, result }: { group: Output[]; isPast: Set<Output>; result: DataPushResult },
): Promise<ToPush[]> {
  const { contents, context } = project;
  const wanted = expand(project, group);
  const there = await remote.sizes([...wanted.keys()]);
  const sizes = new Map<string, number>();
  const absent: ToPush[] = [];
  for (const [key, object] of wanted) {
    const size = contents.size(object);
    const remoteSize = there.get(key);
    // One of another size is what some transfer has broken.
    if (remoteSize !== undefined && (size === undefined || size === remoteSize)) result.present++;
    else if (size === undefined) absent.push(object);
    else sizes.set(key, size);
  }
  const total = [...sizes.values()].reduce((sum, size) => sum + size, 0);
  let done = 0;
  const lacking = new Set(absent.map(keyOf));
  const send = async (key: string) => {
    const object = wanted.get(key);
    const size = sizes.get(key) ?? 0;
    if (!object) return;
    signal.throwIfAborted();
    await remote.put(key, {
      size,
      md5: object.isLegacy ? undefined : object.md5.slice(0, 32),
      writeTo: (file, onBytes = () => undefined) => contents.writeTo(object, file, onBytes),
      onBytes: (count) => {
        done += count;
        context.onProgress?.({ bytes: Math.min(done, total), total, what: `sent to ${remote.label}` });
      },
    });
    result.sent++;
    result.sentBytes += size;
  };
  const [lists, files] = partition([...sizes.keys()], (key) => key.endsWith(".dir"));
  // Large ones first: the last lane should not end long after the others.
  files.sort((a, b) => (sizes.get(b) ?? 0) - (sizes.get(a) ?? 0));
  await inLanes(files, remote.lanes, send);
  const whole = lists.filter((key) => wanted.get(key)?.needs.every((each) => !lacking.has(each)) === true);
  await inLanes(whole, remote.lanes, send);
  const pastOnly = new Set(group.filter((output) => isPast.has(output)).map(({ path: name }) => name));
  const current = new Set(group.filter((output) => !isPast.has(output)).map(({ path: name }) => name));
  return absent.filter((object) => {
    const top = [...current].some((name) => object.path === name || object.path.startsWith(`${name}/`));
    if (!top && pastOnly.size > 0)
      result.skipped.push({
        path: object.path,
        reason: `the content ${object.md5} of an older version is gone`,
      });
    return top;
  });
}

/** Every object by its key: those of folders too, as far as their lists are here. */
function expand({ contents }: DataProject, outputs: readonly Output[]): Map<string, ToPush> {
  const wanted = new Map<string, ToPush>();
  for (const { md5, isLegacy, path: name } of outputs) {
    const needs: string[] = [];
    if (md5.endsWith(".dir") && contents.has({ md5, isLegacy })) {
      for (const entry of contents.folder({ md5, isLegacy })) {
        const object = { md5: entry.md5, isLegacy, path: `${name}/${entry.relpath}`, needs: [] };
        needs.push(keyOf(object));
        if (!wanted.has(keyOf(object))) wanted.set(keyOf(object), object);
      }
    }
    const object = { md5, isLegacy, path: name, needs };
    wanted.set(keyOf(object), object);
  }
  return wanted;
}

function partition<T>(items: readonly T[], test: (item: T) => boolean): [T[], T[]] {
  return [items.filter(test), items.filter((item) => !test(item))];
}
