import { createHash } from "node:crypto";
import * as z from "zod";
import { CairnError } from "../../../shared/errors.js";

/** A file of a versioned folder. */
export interface DirEntry {
  /** Hexadecimal. */
  md5: string;
  /** Path below the folder, with `/`. */
  relpath: string;
}

const Entries = z.array(
  z.looseObject({ md5: z.string().regex(/^[0-9a-f]{32}$/), relpath: z.string().min(1).max(4096) }),
);

/** Sorts by code point, as Python does; JavaScript's own `<` compares UTF-16 units, which differ above U+FFFF. */
export function byCodePoint(a: string, b: string): number {
  const end = Math.min(a.length, b.length);
  for (let i = 0; i < end; i++) {
    const left = a.charCodeAt(i);
    const right = b.charCodeAt(i);
    // A surrogate stands for a point above all that are not.
    if (left !== right) return rank(left) - rank(right);
  }
  return a.length - b.length;
}

const rank = (unit: number): number => (unit >= 0xd800 && unit <= 0xdfff ? unit + 0x10000 : unit);

/** The bytes of DVC's `.dir` object: JSON as Python's `json.dumps(…, sort_keys=True)` writes it. */
export function encodeDirObject(entries: readonly DirEntry[]): Buffer {
  const sorted = entries.toSorted((a, b) => byCodePoint(a.relpath, b.relpath));
  const parts = sorted.map(
    ({ md5, relpath }) => `{"md5": ${asciiJson(md5)}, "relpath": ${asciiJson(relpath)}}`,
  );
  return Buffer.from(`[${parts.join(", ")}]`, "latin1");
}

/** The object id of a folder: MD5 of its `.dir` object, with `.dir` behind. */
export function dirOid(entries: readonly DirEntry[]): string {
  return `${createHash("md5").update(encodeDirObject(entries)).digest("hex")}.dir`;
}

/** Reads a `.dir` object. Throws CairnError `corrupt` for what is none, or has a path that leaves the folder. */
export function parseDirObject(bytes: Buffer, label: string): DirEntry[] {
  const corrupt = (reason: string, cause?: unknown) =>
    new CairnError("corrupt", `The list of files ${label} cannot be read: ${reason}.`, {
      hint: "Fetch it again from the remote, or add the folder again.",
      cause,
    });
  let value: unknown;
  try {
    value = JSON.parse(bytes.toString("utf8"));
  } catch (cause) {
    throw corrupt("it is not JSON", cause);
  }
  const { data, error } = Entries.safeParse(value);
  if (!data) throw corrupt(error.issues[0]?.message ?? "it has another form", error);
  const seen = new Set<string>();
  for (const { relpath } of data) {
    if (!isInside(relpath)) throw corrupt(`the path ${JSON.stringify(relpath)} leads outside`);
    if (seen.has(relpath)) throw corrupt(`the path ${JSON.stringify(relpath)} stands twice`);
    seen.add(relpath);
  }
  return data.map(({ md5, relpath }) => ({ md5, relpath }));
}

function isInside(relpath: string): boolean {
  if (relpath.startsWith("/") || relpath.includes("\\") || relpath.includes("\0") || /^[a-z]:/i.test(relpath))
    return false;
  return relpath.split("/").every((part) => part !== "" && part !== "." && part !== "..");
}

/** A string as Python's `json.dumps` writes it: everything outside ASCII escaped. */
function asciiJson(text: string): string {
  return JSON.stringify(text).replace(
    /[\u007f-\uffff]/g,
    (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}
