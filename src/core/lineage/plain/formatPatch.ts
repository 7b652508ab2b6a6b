import { deflateSync } from "node:zlib";
import { quotePath } from "../patchText.js";
import { diffLines, type Edit } from "./lineDiff.js";

/** One side of a change. */
export interface Side {
  /** Octal, six digits. */
  mode: string;
  oid: string;
  content: Buffer;
}

const CONTEXT = 3;
/** Git takes a file with a NUL in its first bytes for binary. */
const PEEK = 8000;

/** What `git diff --binary --full-index` would say of one path, but for the way back of binary files. */
export function formatChange(path: string, before: Side | undefined, after: Side | undefined): Buffer {
  if (before && after && before.mode.slice(0, 3) !== after.mode.slice(0, 3)) {
    return Buffer.concat([formatChange(path, before, undefined), formatChange(path, undefined, after)]);
  }
  const [a, b] = [quotePath(`a/${path}`), quotePath(`b/${path}`)];
  const head = [`diff --git ${a} ${b}`];
  if (!before) head.push(`new file mode ${after?.mode}`);
  else if (!after) head.push(`deleted file mode ${before.mode}`);
  else if (before.mode !== after.mode) head.push(`old mode ${before.mode}`, `new mode ${after.mode}`);
  const none = "0".repeat((before ?? after)?.oid.length ?? 40);
  const [from, to] = [before?.oid ?? none, after?.oid ?? none];
  if (from !== to) {
    head.push(`index ${from}..${to}${after && before?.mode === after.mode ? ` ${after.mode}` : ""}`);
  }
  const start = Buffer.from(`${head.join("\n")}\n`, "utf8");
  const [old, now] = [before?.content ?? Buffer.alloc(0), after?.content ?? Buffer.alloc(0)];
  if (old.equals(now)) return start;
  if ([old, now].some((content) => content.subarray(0, PEEK).includes(0))) {
    return Buffer.concat([start, Buffer.from(formatBinary(now), "latin1")]);
  }
  const names = `--- ${before ? inLine(a) : "/dev/null"}\n+++ ${after ? inLine(b) : "/dev/null"}\n`;
  const hunks = formatHunks(splitLines(old), splitLines(now));
  return Buffer.concat([start, Buffer.from(names, "utf8"), Buffer.from(hunks, "latin1")]);
}

/** A name with a blank ends with a tab, so that its end can be told. */
const inLine = (name: string): string => (name.includes(" ") && !name.startsWith('"') ? `${name}\t` : name);

/** Lines with their line feed, but for a last one without. Bytes as latin1. */
function splitLines(content: Buffer): string[] {
  return content.length === 0 ? [] : content.toString("latin1").split(/(?<=\n)/);
}

function mark(sign: string, line: string): string {
  return line.endsWith("\n") ? sign + line : `${sign}${line}\n\\ No newline at end of file\n`;
}

/** Where edits begin in both texts, counted from 0. */
interface Placed extends Edit {
  a: number;
  b: number;
}

function formatHunks(old: readonly string[], now: readonly string[]): string {
  const placed: Placed[] = [];
  let [a, b] = [0, 0];
  for (const edit of diffLines(old, now)) {
    a += edit.kept;
    b += edit.kept;
    if (edit.removed + edit.added > 0) placed.push({ ...edit, a, b });
    a += edit.removed;
    b += edit.added;
  }
  const groups: Placed[][] = [];
  for (const edit of placed) {
    const group = groups.at(-1);
    if (group && edit.kept <= 2 * CONTEXT) group.push(edit);
    else groups.push([edit]);
  }
  return groups.map((group) => formatHunk(group, old, now)).join("");
}

function formatHunk(group: readonly Placed[], old: readonly string[], now: readonly string[]): string {
  const [first, last] = [group[0], group.at(-1)];
  if (!first || !last) return "";
  const lead = Math.min(CONTEXT, first.a);
  const lines: string[] = [];
  let at = first.a - lead;
  for (const edit of group) {
    for (; at < edit.a; at++) lines.push(mark(" ", old[at] ?? ""));
    for (; at < edit.a + edit.removed; at++) lines.push(mark("-", old[at] ?? ""));
    for (let index = 0; index < edit.added; index++) lines.push(mark("+", now[edit.b + index] ?? ""));
  }
  const end = Math.min(old.length, at + CONTEXT);
  for (; at < end; at++) lines.push(mark(" ", old[at] ?? ""));
  const oldCount = end - (first.a - lead);
  const newEnd = last.b + last.added + (end - last.a - last.removed);
  const newCount = newEnd - (first.b - lead);
  // A side without lines is placed after the line before, and lines are counted from 1.
  const place = (from: number, count: number): string => `${count === 0 ? from : from + 1},${count}`;
  return `@@ -${place(first.a - lead, oldCount)} +${place(first.b - lead, newCount)} @@\n${lines.join("")}`;
}

const digits = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz!#$%&()*+-;<=>?@^_`{|}~";
const LINE = 52;

/** The whole new content, deflated, in Git's base 85. */
function formatBinary(content: Buffer): string {
  const packed = deflateSync(content);
  let text = `GIT binary patch\nliteral ${content.length}\n`;
  for (let at = 0; at < packed.length; at += LINE) {
    const line = packed.subarray(at, at + LINE);
    const length = line.length <= 26 ? 64 + line.length : 96 + line.length - 26;
    text += `${String.fromCharCode(length)}${base85(line)}\n`;
  }
  return `${text}\n`;
}

/** Four bytes are five digits; the last ones are filled up with zeros. */
function base85(bytes: Buffer): string {
  let text = "";
  for (let at = 0; at < bytes.length; at += 4) {
    let value = 0;
    for (let index = 0; index < 4; index++) value = value * 256 + (bytes[at + index] ?? 0);
    let group = "";
    for (let index = 0; index < 5; index++) {
      group = (digits[value % 85] ?? "") + group;
      value = Math.floor(value / 85);
    }
    text += group;
  }
  return text;
}
