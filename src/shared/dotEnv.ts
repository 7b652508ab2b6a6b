const LINE = /^\s*(?:export\s+)?([A-Za-z_][\w.-]*)\s*=[ \t]*(.*)$/;

/**
 * The variables of a `.env` file, as python-dotenv reads simple ones: `NAME=value`, `export NAME='value'`, `# comment`.
 * Lines of any other form are left out; nothing is expanded.
 */
export function parseDotEnv(text: string): Record<string, string> {
  const variables: Record<string, string> = Object.create(null) as Record<string, string>;
  for (const line of text.replace(/^\uFEFF/, "").split(/\r\n|\r|\n/)) {
    const [, name, raw = ""] = LINE.exec(line) ?? [];
    if (name !== undefined) variables[name] = valueOf(raw);
  }
  return variables;
}

function valueOf(raw: string): string {
  const quoted = /^'((?:[^'\\]|\\.)*)'/.exec(raw)?.[1];
  if (quoted !== undefined) return quoted.replace(/\\(['\\])/g, "$1");
  const double = /^"((?:[^"\\]|\\.)*)"/.exec(raw)?.[1];
  if (double !== undefined) return double.replace(/\\n/g, "\n").replace(/\\(["\\$])/g, "$1");
  return raw.replace(/(^|\s+)#.*$/, "").trim();
}
