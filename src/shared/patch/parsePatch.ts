/** One file's part of a patch as `git diff` writes it. Text is in units of bytes (latin1), so that any encoding survives. */
export interface FilePatch {
  /** Undefined for a file that the patch adds, or removes. */
  before: string | undefined;
  after: string | undefined;
  binary: boolean;
  hunks: Hunk[];
}

export interface Hunk {
  /** First line of the old file that the hunk covers, from 1; 0 where the old file is empty. */
  start: number;
  /** Each with its mark (` `, `-`, `+`) and its line end, which the last line of a file may lack. */
  lines: string[];
}

const HUNK = /^@@ -(\d+)(?:,(\d+))? \+\d+(?:,(\d+))? @@/;

/** Splits a Git patch into its files. What it cannot read it leaves out: a patch is shown, never executed. */
export function parsePatch(patch: string): FilePatch[] {
  const lines = patch.split(/(?<=\n)/);
  const files: FilePatch[] = [];
  let at = 0;
  while (at < lines.length) {
    if (!lines[at]?.startsWith("diff --git ")) {
      at++;
      continue;
    }
    const { file, next } = parseFile(lines, at);
    if (file) files.push(file);
    at = next;
  }
  return files;
}

function parseFile(lines: readonly string[], from: number): { file: FilePatch | undefined; next: number } {
  const names = headerNames((lines[from] ?? "").slice("diff --git ".length).replace(/\r?\n$/, ""));
  let { before, after } = names;
  let binary = false;
  const hunks: Hunk[] = [];
  let at = from + 1;
  while (at < lines.length) {
    const line = lines[at] ?? "";
    if (line.startsWith("diff --git ")) break;
    const text = line.replace(/\r?\n$/, "");
    if (HUNK.test(text)) {
      const { hunk, next } = parseHunk(lines, at);
      hunks.push(hunk);
      at = next;
      continue;
    }
    if (text.startsWith("new file mode ")) before = undefined;
    else if (text.startsWith("deleted file mode ")) after = undefined;
    else if (text.startsWith("rename from ") || text.startsWith("copy from "))
      before = unquote(text.slice(text.indexOf(" from ") + 6));
    else if (text.startsWith("rename to ") || text.startsWith("copy to "))
      after = unquote(text.slice(text.indexOf(" to ") + 4));
    else if (text.startsWith("--- ")) before = sideName(text.slice(4));
    else if (text.startsWith("+++ ")) after = sideName(text.slice(4));
    else if (text.startsWith("GIT binary patch") || text.startsWith("Binary files ")) binary = true;
    at++;
  }
  const known = before !== undefined || after !== undefined;
  return { file: known ? { before, after, binary, hunks } : undefined, next: at };
}

function parseHunk(lines: readonly string[], from: number): { hunk: Hunk; next: number } {
  const [, start = "0", old = "1", now = "1"] = HUNK.exec(lines[from] ?? "") ?? [];
  const hunk: Hunk = { start: Number(start), lines: [] };
  let left = Number(old);
  let right = Number(now);
  let at = from + 1;
  while (at < lines.length) {
    const line = lines[at] ?? "";
    if (line.startsWith("\\")) {
      // "\ No newline at end of file" is about the line before.
      const last = hunk.lines.pop();
      if (last !== undefined) hunk.lines.push(last.replace(/\n$/, ""));
    } else if (left <= 0 && right <= 0) break;
    else if (/^[ +-]/.test(line)) {
      if (!line.startsWith("+")) left--;
      if (!line.startsWith("-")) right--;
      hunk.lines.push(line);
    } else break;
    at++;
  }
  return { hunk, next: at };
}

/** Of `a/old b/new`; without the quotes of Git, both names are the same where the patch renames nothing. */
function headerNames(text: string): { before: string | undefined; after: string | undefined } {
  const quoted = /^("(?:[^"\\]|\\.)*"|\S+) ("(?:[^"\\]|\\.)*")$/.exec(text);
  if (quoted) return { before: sideName(quoted[1] ?? ""), after: sideName(quoted[2] ?? "") };
  const half = (text.length - 1) / 2;
  if (text.startsWith("a/") && text.slice(2, half) === text.slice(half + 3)) {
    const name = text.slice(2, half);
    return { before: name, after: name };
  }
  return { before: undefined, after: undefined };
}

/** Without `a/` or `b/`, and without the tab that Git puts after a name with spaces. */
function sideName(text: string): string | undefined {
  const name = unquote(text.replace(/\t$/, ""));
  return name === "/dev/null" ? undefined : name.replace(/^[ab]\//, "");
}

const ESCAPES: Record<string, string> = {
  a: "\u0007",
  b: "\b",
  t: "\t",
  n: "\n",
  v: "\v",
  f: "\f",
  r: "\r",
  '"': '"',
  "\\": "\\",
};

/** Git's quoting of unusual names, as in C: octal bytes and the usual letters. */
function unquote(text: string): string {
  if (!text.startsWith('"') || !text.endsWith('"') || text.length < 2) return text;
  return text.slice(1, -1).replace(/\\([0-3][0-7]{2}|.)/g, (_, code: string) => {
    return code.length === 3 ? String.fromCharCode(Number.parseInt(code, 8)) : (ESCAPES[code] ?? code);
  });
}
