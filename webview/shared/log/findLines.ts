import { stripAnsi, lineMatcher, type LineQuery } from "../../../src/shared/console/plainLine.js";

/** Indexes of the lines (collapsed, with their colours) that match; none for a pattern that cannot be read. */
export function findLines(lines: readonly string[], query: LineQuery): number[] {
  let matches: (line: string) => boolean;
  try {
    matches = lineMatcher(query);
  } catch {
    return [];
  }
  if (query.text === "") return [];
  const found: number[] = [];
  lines.forEach((line, i) => {
    if (matches(stripAnsi(line))) found.push(i);
  });
  return found;
}

/** From and to of every place in `text` that matches. */
export function findPlaces(text: string, query: LineQuery): [number, number][] {
  if (query.text === "") return [];
  try {
    const source = query.regex ? query.text : query.text.replace(/[\\^$.*+?()[\]{}|/]/g, "\\$&");
    const pattern = new RegExp(source, query.caseSensitive ? "g" : "gi");
    return [...text.matchAll(pattern)]
      .filter((match) => match[0] !== "")
      .map((match) => [match.index, match.index + match[0].length]);
  } catch {
    return [];
  }
}
