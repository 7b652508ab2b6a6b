import type { FilePatch } from "./parsePatch.js";

/**
 * A text (in units of bytes, as in FilePatch) with a patch applied. Undefined when the text is not the one the patch
 * was made from: nothing is guessed.
 */
export function applyPatch(before: string, { hunks }: FilePatch): string | undefined {
  const lines = before === "" ? [] : before.split(/(?<=\n)/);
  const out: string[] = [];
  let at = 0;
  for (const hunk of hunks) {
    const old = hunk.lines.filter((line) => !line.startsWith("+"));
    // A hunk that covers no old line names the line it comes after.
    const start = old.length === 0 ? hunk.start : hunk.start - 1;
    if (start < at || start > lines.length) return undefined;
    for (; at < start; at++) out.push(lines[at] ?? "");
    for (const line of hunk.lines) {
      const text = line.slice(1);
      if (!line.startsWith("+")) {
        if (lines[at] !== text) return undefined;
        at++;
      }
      if (!line.startsWith("-")) out.push(text);
    }
  }
  return out.concat(lines.slice(at)).join("");
}
