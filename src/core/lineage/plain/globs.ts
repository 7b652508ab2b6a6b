/** The classes of characters that patterns may name, within ASCII as Git has them. */
const classes: Record<string, string> = {
  ...{ alnum: "A-Za-z0-9", alpha: "A-Za-z", digit: "0-9", lower: "a-z", upper: "A-Z", xdigit: "0-9A-Fa-f" },
  ...{ space: "\\s", punct: "!-\\/:-@\\[-`{-~", blank: " \\t" },
};

const literal = (text: string): string => text.replace(/[.*+?^${}()|[\]\\/-]/g, "\\$&");

/** The end of a bracket expression, and what it is as a regular expression. Undefined when it does not end. */
function bracket(glob: string, start: number): { end: number; source: string } | undefined {
  let at = start + 1;
  const isNegated = glob[at] === "!" || glob[at] === "^";
  if (isNegated) at++;
  let source = "";
  for (let first = true; at < glob.length; first = false) {
    const char = glob[at] ?? "";
    const named = /^\[:(\w+):\]/.exec(glob.slice(at))?.[1];
    if (char === "]" && !first) {
      return { end: at + 1, source: isNegated ? `(?!/)[^${source}]` : `(?!/)[${source}]` };
    }
    if (named !== undefined) {
      source += classes[named] ?? "";
      at += named.length + 4;
    } else if (char === "\\") {
      source += literal(glob[at + 1] ?? "");
      at += 2;
    } else {
      // A minus stays what it is to a regular expression: a range between two, else itself.
      source += char === "-" ? "-" : literal(char);
      at++;
    }
  }
  return undefined;
}

/** What Git's wildmatch with WM_PATHNAME matches. A pattern that is broken matches nothing. */
export function globPattern(glob: string): RegExp {
  let source = "";
  for (let at = 0; at < glob.length;) {
    const rest = glob.slice(at);
    const atStart = at === 0 || glob[at - 1] === "/";
    const char = glob[at] ?? "";
    if (atStart && rest.startsWith("**/")) {
      source += "(?:.*/)?";
      at += 3;
    } else if (atStart && rest === "**") {
      source += at === 0 ? ".*" : ".+";
      at += 2;
    } else if (char === "*") {
      source += "[^/]*";
      at += /^\*+/.exec(rest)?.[0].length ?? 1;
    } else if (char === "?") {
      source += "[^/]";
      at++;
    } else if (char === "[") {
      const found = bracket(glob, at);
      if (found === undefined) return /(?!)/;
      source += found.source;
      at = found.end;
    } else {
      source += literal(char === "\\" ? (glob[at + 1] ?? "") : char);
      at += char === "\\" ? 2 : 1;
    }
  }
  try {
    return new RegExp(`^${source}$`, "s");
  } catch {
    return /(?!)/; // a range the wrong way round
  }
}

/** Whether a pattern of a file in a folder speaks of a path relative to that folder: one with a slash of the whole. */
export function pathMatcher(pattern: string): (path: string) => boolean {
  const isWhole = pattern.includes("/");
  const regexp = globPattern(pattern.replace(/^\//, ""));
  return (path) => regexp.test(isWhole ? path : path.slice(path.lastIndexOf("/") + 1));
}
