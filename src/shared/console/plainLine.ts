/** Longest line that is kept for showing and searching, in UTF-16 units. */
export const MAX_LINE = 10_000;

// Select-graphic-rendition sequences, and every other control sequence (cursor, title, link) to leave out.
export const ESCAPE = new RegExp(
  "\\u001b(?:\\[([0-9;:]*)m|\\[[0-9;:?<=>]*[ -/]*[@-~]|\\][^\\u0007\\u001b]*(?:\\u0007|\\u001b\\\\)?|[@-Z\\\\-_])",
  "g",
);
export const CONTROL = new RegExp("[\\u0000-\\u0008\\u000b-\\u001f\\u007f]", "g");

/** The text without escape codes and control characters. */
export function stripAnsi(line: string): string {
  return line.replace(ESCAPE, "").replace(CONTROL, "");
}

/**
 * A raw line (without its line feed) as a terminal would leave it: what follows a carriage return replaces what stood
 * before, so that a progress bar is one line. A redraw that is empty (the bar was only cleared for the next one)
 * leaves what stood before.
 */
export function collapseLine(raw: string): string {
  if (!raw.includes("\r")) return cutLine(raw);
  const kept = raw.split("\r").findLast((part) => part !== "");
  return cutLine(kept ?? "");
}

export function cutLine(line: string): string {
  return line.length > MAX_LINE ? `${line.slice(0, MAX_LINE)}…` : line;
}

/** A raw line as it is shown, without its colours: what a search looks at. */
export function plainLine(raw: string): string {
  return stripAnsi(collapseLine(raw));
}

export interface LineQuery {
  text: string;
  /** `text` is a regular expression of JavaScript. */
  regex: boolean;
  caseSensitive: boolean;
}

/** Whether a line (as `plainLine` gives it) holds what is looked for. Throws a SyntaxError for a bad pattern. */
export function lineMatcher({ text, regex, caseSensitive }: LineQuery): (line: string) => boolean {
  if (text === "") return () => false;
  if (regex) {
    const pattern = new RegExp(text, caseSensitive ? "" : "i");
    return (line) => pattern.test(line);
  }
  if (caseSensitive) return (line) => line.includes(text);
  const wanted = text.toLowerCase();
  return (line) => line.toLowerCase().includes(wanted);
}
