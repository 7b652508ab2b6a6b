const MAX_ROWS = 2_000;
const MAX_COLUMNS = 500;
const MAX_CELL = 1_000;

export interface Delimited {
  header: string[];
  rows: string[][];
  /** There are more rows, or more columns, than these. */
  cut: boolean;
}

/**
 * The first rows of a CSV or TSV text (RFC 4180: quotes, doubled quotes, line ends inside them). `whole` is false when
 * the text is only a file's beginning: its last row is then left out, because it may be cut off.
 */
export function parseDelimited(text: string, delimiter: string, whole: boolean): Delimited {
  const records: string[][] = [];
  let record: string[] = [];
  let at = text.startsWith("\ufeff") ? 1 : 0;
  let cut = !whole;
  while (at < text.length) {
    const { value, next } = readField(text, at, delimiter);
    if (record.length < MAX_COLUMNS)
      record.push(value.length > MAX_CELL ? `${value.slice(0, MAX_CELL)}…` : value);
    else cut = true;
    at = next;
    if (text.startsWith(delimiter, at)) {
      at += delimiter.length;
      if (at < text.length) continue;
      record.push("");
    }
    const ended = at < text.length;
    if (text[at] === "\r") at++;
    if (text[at] === "\n") at++;
    if (!ended && !whole) break;
    if (record.length > 1 || record[0] !== "") records.push(record);
    record = [];
    if (records.length > MAX_ROWS) {
      cut ||= at < text.length;
      break;
    }
  }
  const [header = [], ...rows] = records;
  return { header, rows, cut };
}

function readField(text: string, at: number, delimiter: string): { value: string; next: number } {
  if (text[at] !== '"') {
    let end = at;
    while (end < text.length && text[end] !== delimiter && text[end] !== "\n" && text[end] !== "\r") end++;
    return { value: text.slice(at, end), next: end };
  }
  let value = "";
  let from = at + 1;
  for (;;) {
    const quote = text.indexOf('"', from);
    if (quote < 0) return { value: value + text.slice(from), next: text.length };
    value += text.slice(from, quote);
    if (text[quote + 1] !== '"') {
      // What stands between the closing quote and the delimiter belongs to the value.
      const rest = readField(text, quote + 1, delimiter);
      return { value: value + rest.value, next: rest.next };
    }
    value += '"';
    from = quote + 2;
  }
}

/** The delimiter of a CSV by its first line: whichever of `,`, `;`, tab and `|` is there most often. */
export function delimiterOf(path: string, text: string): string {
  if (path.toLowerCase().endsWith(".tsv")) return "\t";
  const line = text.slice(0, !text.includes("\n") ? undefined : text.indexOf("\n"));
  const counts = [",", ";", "\t", "|"].map((delimiter) => ({
    delimiter,
    count: line.split(delimiter).length,
  }));
  return counts.reduce((best, each) => (each.count > best.count ? each : best)).delimiter;
}
