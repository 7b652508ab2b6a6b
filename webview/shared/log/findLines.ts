import { stripAnsi } from "../../../src/shared/console/plainLine.js";

/** Indexes of the lines that hold `text`, in any case of letters. */
export function findLines(lines: readonly string[], text: string): number[] {
  const wanted = text.toLowerCase();
  if (wanted === "") return [];
  const found: number[] = [];
  lines.forEach((line, i) => {
    if (line.length >= wanted.length && stripAnsi(line).toLowerCase().includes(wanted)) found.push(i);
  });
  return found;
}

/** The match after (or before) line `from`, round the end. */
export function nextMatch(matches: readonly number[], from: number, forward: boolean): number | undefined {
  if (forward) return matches.find((line) => line > from) ?? matches[0];
  return [...matches].reverse().find((line) => line < from) ?? matches[matches.length - 1];
}
