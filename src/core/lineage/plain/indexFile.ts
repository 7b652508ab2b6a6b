import { createHash } from "node:crypto";
import { CairnError } from "../../../shared/errors.js";

export interface IndexEntry {
  path: string;
  /** Octal, six digits. */
  mode: string;
  oid: string;
  size: number;
  /** Seconds, and nanoseconds in them. */
  mtime: [number, number];
  /** 0, or 1 to 3 where not merged. */
  stage: number;
  assumeUnchanged: boolean;
  skipWorktree: boolean;
  intentToAdd: boolean;
}

export interface IndexFile {
  entries: IndexEntry[];
  /** Whether most of it is in another file, which is not read. */
  isSplit: boolean;
}

const HEADER = 12;
const FIXED = 62;
const OID = 20;

/**
 * Parses `.git/index`, versions 2 to 4, of a SHA-1 repository (Documentation/gitformat-index). Throws `corrupt`.
 */
export function parseIndex(content: Buffer): IndexFile {
  const version = content.length >= HEADER + OID ? content.readUInt32BE(4) : 0;
  if (content.toString("latin1", 0, 4) !== "DIRC" || version < 2 || version > 4)
    throw corrupt("its beginning is wrong");
  const end = content.length - OID;
  const digest = content.subarray(end);
  // All zeros where index.skipHash is set.
  if (digest.some((byte) => byte !== 0)) {
    const real = createHash("sha1").update(content.subarray(0, end)).digest();
    if (!real.equals(digest)) throw corrupt("its checksum is wrong");
  }
  const entries: IndexEntry[] = [];
  let at = HEADER;
  let before = Buffer.alloc(0);
  for (let left = content.readUInt32BE(8); left > 0; left--) {
    if (at + FIXED > end) throw corrupt("it ends early");
    const flags = content.readUInt16BE(at + 60);
    const isExtended = version >= 3 && (flags & 0x4000) !== 0;
    const extended = isExtended ? content.readUInt16BE(at + FIXED) : 0;
    let start = at + FIXED + (isExtended ? 2 : 0);
    let kept = 0;
    if (version === 4) {
      const [strip, next] = readVarint(content, start);
      kept = before.length - strip;
      start = next;
      if (kept < 0) throw corrupt("a path is shorter than nothing");
    }
    const stop = content.indexOf(0, start);
    if (stop < 0 || stop >= end) throw corrupt("a path does not end");
    const name = Buffer.concat([before.subarray(0, kept), content.subarray(start, stop)]);
    entries.push({
      path: name.toString("utf8"),
      mode: content
        .readUInt32BE(at + 24)
        .toString(8)
        .padStart(6, "0"),
      oid: content.toString("hex", at + 40, at + 40 + OID),
      size: content.readUInt32BE(at + 36),
      mtime: [content.readUInt32BE(at + 8), content.readUInt32BE(at + 12)],
      stage: (flags >> 12) & 3,
      assumeUnchanged: (flags & 0x8000) !== 0,
      skipWorktree: (extended & 0x4000) !== 0,
      intentToAdd: (extended & 0x2000) !== 0,
    });
    before = name;
    // Padded with one to eight NUL to a multiple of eight.
    at = version === 4 ? stop + 1 : at + ((stop - at + 8) & ~7);
  }
  return { entries, isSplit: hasExtension(content, at, end, "link") };
}

/** The offset encoding of pack files: seven bits a byte, one added for each that follows. */
function readVarint(content: Buffer, start: number): [value: number, next: number] {
  let at = start;
  let byte = content[at++] ?? 0;
  let value = byte & 127;
  while (byte & 128 && at < content.length) {
    byte = content[at++] ?? 0;
    value = (value + 1) * 128 + (byte & 127);
  }
  return [value, at];
}

function hasExtension(content: Buffer, start: number, end: number, name: string): boolean {
  for (let at = start; at + 8 <= end; at += 8 + content.readUInt32BE(at + 4)) {
    if (content.toString("latin1", at, at + 4) === name) return true;
  }
  return false;
}

function corrupt(why: string): CairnError {
  return new CairnError("corrupt", `The index of the repository cannot be read: ${why}.`);
}
