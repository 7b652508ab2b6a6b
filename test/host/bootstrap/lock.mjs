import { mkdir, open, readFile, rm, stat } from "node:fs/promises";
import { dirname } from "node:path";
import { setTimeout as delay } from "node:timers/promises";

/**
 * Runs `work` while this process alone holds the lock file `path`.
 * The file names its holder, so that a killed holder's lock is taken over instead of waited for.
 * @template T
 * @param {string} path
 * @param {() => Promise<T>} work
 * @returns {Promise<T>}
 */
export async function withLock(path, work) {
  await mkdir(dirname(path), { recursive: true });
  while (!(await tryCreate(path))) {
    await removeIfStale(path);
    await delay(200);
  }
  try {
    return await work();
  } finally {
    await rm(path, { force: true });
  }
}

/** @param {string} path */
async function tryCreate(path) {
  try {
    const file = await open(path, "wx");
    await file.writeFile(String(process.pid));
    await file.close();
    return true;
  } catch (error) {
    if (codeOf(error) === "EEXIST") return false;
    throw error;
  }
}

/**
 * Two waiters may both find a dead holder: only the one that creates the take-over file looks again and deletes.
 * @param {string} path
 */
async function removeIfStale(path) {
  if (!(await isStale(path))) return;
  const takeOver = `${path}.takeover`;
  if (!(await tryCreate(takeOver))) {
    if ((await ageOf(takeOver)) > 10_000) await rm(takeOver, { force: true });
    return;
  }
  try {
    if (await isStale(path)) await rm(path, { force: true });
  } finally {
    await rm(takeOver, { force: true });
  }
}

/** @param {string} path */
async function isStale(path) {
  let text;
  try {
    text = await readFile(path, "utf8");
  } catch (error) {
    if (codeOf(error) === "ENOENT") return false;
    throw error;
  }
  // Between creating the file and writing into it the holder may have been killed.
  if (text === "") return (await ageOf(path)) > 10_000;
  return !isAlive(Number(text));
}

/** @param {string} path */
async function ageOf(path) {
  try {
    return Date.now() - (await stat(path)).mtimeMs;
  } catch {
    return 0;
  }
}

/** @param {number} pid */
function isAlive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return codeOf(error) === "EPERM";
  }
}

/** @param {unknown} error */
function codeOf(error) {
  return error instanceof Error && "code" in error ? error.code : undefined;
}
