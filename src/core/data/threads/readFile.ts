import { fstatSync, type Stats } from "node:fs";
import { CairnError } from "../../../shared/errors.js";
import type { FileStat } from "./tasks.js";

/** Milliseconds after which two changes of a file surely have different times. */
const SETTLED = 20;
const TRIES = 3;

export type Report = (bytes: number) => void;

/** A change right after this look gets another time, because the clock of the file system has moved on. */
export function settled(fd: number): Stats {
  for (let tries = 1; ; tries++) {
    const stat = fstatSync(fd);
    const age = Date.now() - stat.mtimeMs;
    // One that never rests is found out when it was read.
    if (age > SETTLED || age < 0 || tries > TRIES) return stat;
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, SETTLED - age + 1);
  }
}

export function isSame(a: Stats, b: Stats): boolean {
  return a.mtimeMs === b.mtimeMs && a.ctimeMs === b.ctimeMs && a.size === b.size && a.ino === b.ino;
}

export function statOf({ size, mtimeMs, ctimeMs, ino }: Stats): FileStat {
  return { size, mtimeMs, ctimeMs, ino };
}

export function changing(name: string): CairnError {
  return new CairnError("busy", `The file ${name} changes while it is read.`, {
    hint: "Wait until whatever writes to it has finished, and try again.",
  });
}
