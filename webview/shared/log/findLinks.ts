export interface LogLink {
  from: number;
  to: number;
  path: string;
  line: number;
  column?: number;
}

const EXTENSIONS =
  "pyx?|ipynb|[cm]?[jt]sx?|json|ya?ml|toml|cfg|ini|sh|c|cc|cpp|cu|cuh|h|hpp|rs|go|java|kt|scala|jl|R|r|lua|md|rst|txt|csv|log";
// A path's length is bounded and it starts where a word does, so that a long line is looked at once.
const PYTHON = /File "(?<path>[^"\n]{1,500})", line (?<line>\d{1,9})/g;
const PLACE = new RegExp(
  `(?<![\\w./\\\\~@+-])(?<path>(?:[A-Za-z]:[\\\\/])?[\\w./\\\\~@+-]{1,400}?\\.(?:${EXTENSIONS})):(?<line>\\d{1,9})(?::(?<column>\\d{1,9}))?(?!\\w)`,
  "g",
);

/** Places in source files that a line of output names: Python's `File "x.py", line 3`, and `x.py:3:7`. */
export function findLinks(text: string): LogLink[] {
  const found = [...text.matchAll(PYTHON), ...text.matchAll(PLACE)].map((match): LogLink => {
    const { path = "", line, column } = match.groups ?? {};
    return {
      from: match.index,
      to: match.index + match[0].length,
      path,
      line: Number(line),
      ...(column === undefined ? {} : { column: Number(column) }),
    };
  });
  return found
    .filter((link) => !link.path.startsWith("<"))
    .sort((a, b) => a.from - b.from)
    .filter((link, i, all) => i === 0 || link.from >= (all[i - 1]?.to ?? 0));
}
