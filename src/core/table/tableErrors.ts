import path from "node:path";
import { CairnError, toError } from "../../shared/errors.js";

/** What DuckDB said about a file, with the line and the column where it tells them. */
export function tableError(file: string, thrown: unknown): CairnError {
  if (thrown instanceof CairnError) return thrown;
  const { message } = toError(thrown);
  const { place, reason } = readMessage(message);
  const where = place === "" ? path.basename(file) : `${path.basename(file)}, ${place}`;
  const code = message.startsWith("Out of Memory") ? "full" : "corrupt";
  return new CairnError(code, `Failed to read ${where}: ${reason}`, { cause: thrown });
}

/** What DuckDB said about a query. */
export function queryError(thrown: unknown): CairnError {
  if (thrown instanceof CairnError) return thrown;
  const { message } = toError(thrown);
  const code = message.startsWith("Permission Error")
    ? "refused"
    : message.startsWith("Out of Memory")
      ? "full"
      : "invalid";
  return new CairnError(code, firstSentence(message), { cause: thrown });
}

export function cancelledError(): CairnError {
  return new CairnError("cancelled", "Cancelled.");
}

const PATTERNS: [RegExp, (match: RegExpExecArray) => { place: string; reason: string }][] = [
  [
    /CSV Error on Line: (\d+)[\s\S]*Expected Number of Columns: (\d+) Found: (\d+)/,
    ([, line, expected, found]) => ({
      place: `line ${line}`,
      reason: `${found} ${found === "1" ? "field" : "fields"}, not ${expected}.`,
    }),
  ],
  [
    /CSV Error on Line: (\d+)[\s\S]*Error when converting column "([\s\S]*?)"\. (Could not convert[^\n]*)/,
    ([, line, column, what]) => ({ place: `line ${line}, column "${column}"`, reason: `${what}.` }),
  ],
  [
    /CSV Error on Line: (\d+)[\s\S]*Invalid unicode/,
    ([, line]) => ({
      place: `line ${line}`,
      reason: "not UTF-8 text. Save the file as UTF-8.",
    }),
  ],
  [
    /CSV Error on Line: (\d+)[\s\S]*?\n(Value with unterminated quote|[^\n]*quote[^\n]*|Maximum line size[^\n]*)/,
    ([, line, what = ""]) => ({ place: `line ${line}`, reason: `${what.replace(/[.\s]+$/, "")}.` }),
  ],
  [/CSV Error on Line: (\d+)/, ([, line]) => ({ place: `line ${line}`, reason: "it is not valid CSV." })],
  [
    /Malformed JSON in file "[\s\S]*?", at byte (\d+) in (?:line|record\/value) (\d+): ([^\n]*)/,
    ([, byte, line, what = ""]) => ({
      place: `line ${line}, byte ${byte}`,
      reason: `malformed JSON, ${what.replace(/[.\s]+$/, "")}.`,
    }),
  ],
];

function readMessage(message: string): { place: string; reason: string } {
  for (const [pattern, read] of PATTERNS) {
    const match = pattern.exec(message);
    if (match) return read(match);
  }
  return { place: "", reason: firstSentence(message) };
}

/** The first line without the name of the class of errors, which says nothing to a user. */
function firstSentence(message: string): string {
  const [line = ""] = message.split("\n");
  return line.replace(/^[A-Z][A-Za-z ]* (?:Error|exception): /, "").trim();
}
