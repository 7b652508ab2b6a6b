import type { PatchSection } from "./types.js";

const escapes: Record<string, number> = { a: 7, b: 8, t: 9, n: 10, v: 11, f: 12, r: 13, '"': 34, "\\": 92 };

/** A path as Git quotes it in headers (C style, bytes above 127 as octal), back to what it is. Bytes as latin1. */
export function unquotePath(quoted: string): string {
  if (!quoted.startsWith('"')) return quoted;
  return quoted
    .slice(1, -1)
    .replace(/\\([0-7]{3}|.)/g, (_, code: string) =>
      String.fromCharCode(/^\d/.test(code) ? Number.parseInt(code, 8) : (escapes[code] ?? 63)),
    );
}

/** A path as Git writes it in headers, prefix (`a/`) included. */
export function quotePath(path: string): string {
  const bytes = Buffer.from(path, "utf8");
  const names = Object.entries(escapes);
  let isPlain = true;
  let text = "";
  for (const byte of bytes) {
    const escape = names.find(([, code]) => code === byte)?.[0];
    if (escape === undefined && byte >= 32 && byte < 127) text += String.fromCharCode(byte);
    else {
      isPlain = false;
      text += escape === undefined ? `\\${byte.toString(8).padStart(3, "0")}` : `\\${escape}`;
    }
  }
  return isPlain ? text : `"${text}"`;
}

/** Its two names are the same but for the prefix, as nothing is renamed. */
function pathOf(header: string): string {
  const names = header.slice("diff --git ".length);
  const first = unquotePath(names.slice(0, (names.length - 1) / 2));
  return Buffer.from(first.slice("a/".length), "latin1").toString("utf8");
}

/**
 * Takes a patch of Git, without renames, apart. Of binary files the way back is dropped: applying does not need it,
 * and it holds what the file was before.
 */
export function splitPatch(patch: Buffer): PatchSection[] {
  if (patch.length === 0) return [];
  // Lines of content begin with a blank, plus, minus or backslash, those of binary ones hold no blank.
  const texts = patch.toString("latin1").split(/(?<=\n)(?=diff --git )/);
  return texts.map((text) => ({
    path: pathOf(text.slice(0, text.indexOf("\n"))),
    bytes: Buffer.from(withoutReverse(text), "latin1"),
  }));
}

const BINARY = "\nGIT binary patch\n";

function withoutReverse(text: string): string {
  const start = text.indexOf(BINARY);
  const isBinary = start >= 0 && !text.slice(0, start).includes("\n@@ ");
  const end = isBinary ? text.indexOf("\n\n", start) : -1;
  return end < 0 ? text : text.slice(0, end + 2);
}

/** What of a section is content of the file, without the marks of its lines; undefined for a binary one. */
export function contentOf({ bytes }: PatchSection): string | undefined {
  const lines: string[] = [];
  let isHunk = false;
  for (const line of bytes.toString("utf8").split("\n")) {
    if (line.startsWith("diff --git ")) isHunk = false;
    else if (!isHunk && line === "GIT binary patch") return undefined;
    else if (line.startsWith("@@ ")) isHunk = true;
    else if (isHunk && !line.startsWith("\\")) lines.push(line.slice(1));
  }
  return lines.join("\n");
}
