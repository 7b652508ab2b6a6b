import type { Writable } from "node:stream";

/** Where a command prints. With `--json` only the one document goes to stdout. */
export interface Output {
  /** A line for people; stderr with `--json`. */
  line: (text?: string) => void;
  /** A run's own output, as it is; stderr with `--json`. */
  raw: (text: string) => void;
  /** Progress and remarks: always stderr. */
  note: (text: string) => void;
  /** The document; ignored without `--json`. */
  document: (value: unknown) => void;
  bold: (text: string) => string;
  /** Where `line` and `raw` go; for large output that must heed backpressure. */
  readonly stream: Writable;
}

export function createOutput(json: boolean): Output {
  const stream = json ? process.stderr : process.stdout;
  const { NO_COLOR: noColor } = process.env;
  const colours = stream.isTTY && (noColor === undefined || noColor === "");
  return {
    stream,
    line: (text = "") => void stream.write(`${text}\n`),
    raw: (text) => void stream.write(text),
    note: (text) => void process.stderr.write(`${text}\n`),
    document(value) {
      if (json) process.stdout.write(`${JSON.stringify(value, undefined, 2)}\n`);
    },
    bold: (text) => (colours ? `\u001b[1m${text}\u001b[22m` : text),
  };
}

const ambiguousWidth =
  /\p{Extended_Pictographic}|[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]/u;
const zeroWidth = /[\p{Mn}\u200b-\u200d\ufe0e\ufe0f]/u;
// Names come from anywhere; one with an escape sequence must not drive the terminal.
const control = /[\u0000-\u001f\u007f-\u009f]/g;

/** Columns that a text takes in a terminal. */
function widthOf(text: string): number {
  let width = 0;
  for (const char of text) width += zeroWidth.test(char) ? 0 : ambiguousWidth.test(char) ? 2 : 1;
  return width;
}

export interface Column {
  title: string;
  align?: "right";
  /** Longer texts are cut with an ellipsis. */
  max?: number;
}

/** Rows under their titles, aligned, without trailing blanks. */
export function formatTable(
  columns: readonly Column[],
  rows: readonly (readonly string[])[],
  bold: (text: string) => string = (text) => text,
): string {
  const cells = rows.map((row) => columns.map((column, i) => cut(row[i] ?? "", column.max)));
  const widths = columns.map((column, i) =>
    Math.max(widthOf(column.title), ...cells.map((row) => widthOf(row[i] ?? ""))),
  );
  const lay = (row: readonly string[]): string =>
    row
      .map((text, i) => {
        const gap = " ".repeat(Math.max(0, (widths[i] ?? 0) - widthOf(text)));
        return columns[i]?.align === "right" ? gap + text : text + gap;
      })
      .join("  ")
      .trimEnd();
  return [bold(lay(columns.map((column) => column.title))), ...cells.map(lay)].join("\n");
}

function cut(text: string, max = 60): string {
  const plain = text.replace(control, " ");
  return [...plain].length > max ? `${[...plain].slice(0, max - 1).join("")}…` : plain;
}
