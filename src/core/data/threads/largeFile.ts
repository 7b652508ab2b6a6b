import { createHash } from "node:crypto";
import { closeSync, constants, copyFileSync, fstatSync, ftruncateSync, openSync, readSync } from "node:fs";
import { writeAll, writeSparse } from "../store/contentStore.js";
import { isSame, type Report, settled, statOf } from "./readFile.js";
import type { FileStat, FileTask } from "./tasks.js";

const STEP = 1 << 20;
const UNIX_BLOCK = 512;
/** What a copy tells who follows it: how many steps are written, and whether it goes on. */
const STEPS = 0;
const STATE = 1;
const RUNNING = 0;
const ENDED = 1;
const FAILED = 2;
/** Milliseconds after which one that waits looks again, because a change of state wakes nobody. */
const WAIT_MS = 10;

/** Memory for two threads, one of which copies what the other hashes. */
export function copyProgress(): SharedArrayBuffer {
  return new SharedArrayBuffer(2 * Int32Array.BYTES_PER_ELEMENT);
}

/**
 * Copies a large file, by reflink where that can be, and hashes what it writes. Undefined where the file changed
 * meanwhile.
 */
export function copyLarge(
  { file, target, progress }: FileTask & { target: string; progress: SharedArrayBuffer },
  report: Report,
): { stat: FileStat; sha256: string } | undefined {
  const steps = new Int32Array(progress);
  const end = (state: number) => {
    Atomics.store(steps, STATE, state);
    Atomics.notify(steps, STEPS);
  };
  let ended = FAILED;
  const fd = openSync(file, "r");
  try {
    const before = settled(fd);
    const isClone = clone(file, target);
    const out = openSync(target, isClone ? "r" : "w", 0o600);
    const hash = createHash("sha256");
    try {
      if (isClone) end(ENDED);
      // Whoever follows reads holes as the zeros that they are.
      else ftruncateSync(out, before.size);
      const isSparse = before.blocks * UNIX_BLOCK < before.size / 2;
      const buffer = Buffer.allocUnsafe(STEP);
      for (let at = 0; at < before.size;) {
        const count = readSync(isClone ? out : fd, buffer, 0, Math.min(STEP, before.size - at), at);
        if (count === 0) break;
        const part = buffer.subarray(0, count);
        if (!isClone && isSparse) writeSparse(out, part, at);
        else if (!isClone) writeAll(out, part, at);
        hash.update(part);
        at += count;
        Atomics.store(steps, STEPS, Math.floor(at / STEP));
        Atomics.notify(steps, STEPS);
        report(2 * count);
      }
    } finally {
      closeSync(out);
    }
    if (!isSame(before, fstatSync(fd))) return undefined;
    ended = ENDED;
    return { stat: statOf(before), sha256: hash.digest("hex") };
  } finally {
    closeSync(fd);
    end(ended);
  }
}

/** MD5 of a file that another thread writes at this moment; undefined where that failed. */
export function hashBehind(
  { file, progress }: { file: string; progress: SharedArrayBuffer },
  report: Report,
): string | undefined {
  const steps = new Int32Array(progress);
  const state = () => Atomics.load(steps, STATE);
  while (state() === RUNNING && Atomics.load(steps, STEPS) === 0) Atomics.wait(steps, STEPS, 0, WAIT_MS);
  if (state() === FAILED) return undefined;
  const hash = createHash("md5");
  const fd = openSync(file, "r");
  try {
    const buffer = Buffer.allocUnsafe(STEP);
    for (let step = 0; ; step++) {
      for (let seen = step; state() === RUNNING && seen <= step; seen = Atomics.load(steps, STEPS))
        Atomics.wait(steps, STEPS, seen, WAIT_MS);
      if (state() === FAILED) return undefined;
      let count = -1;
      let done = 0;
      for (; count !== 0 && done < STEP; done += count)
        count = readSync(fd, buffer, done, STEP - done, step * STEP + done);
      hash.update(buffer.subarray(0, done));
      report(done);
      if (done < STEP) return hash.digest("hex");
    }
  } finally {
    closeSync(fd);
  }
}

function clone(file: string, target: string): boolean {
  try {
    copyFileSync(file, target, constants.COPYFILE_FICLONE_FORCE);
    return true;
  } catch {
    return false;
  }
}
