/** Longest line that is kept for showing, in UTF-16 units. */
const MAX_LINE = 10_000;

/**
 * A raw line (without its line feed) as a terminal would leave it: what follows a carriage return replaces what stood
 * before, so that a progress bar is one line.
 */
export function collapseLine(raw: string): string {
  const line = raw.endsWith("\r") ? raw.slice(0, -1) : raw;
  const cut = line.lastIndexOf("\r");
  const kept = cut < 0 ? line : overwrite(line.slice(0, cut), line.slice(cut + 1));
  return kept.length > MAX_LINE ? `${kept.slice(0, MAX_LINE)}…` : kept;
}

/** A redraw that is empty (the bar was only cleared for the next one) leaves what stood before. */
function overwrite(before: string, after: string): string {
  if (after !== "") return after;
  const parts = before.split("\r").filter((part) => part !== "");
  return parts[parts.length - 1] ?? "";
}
