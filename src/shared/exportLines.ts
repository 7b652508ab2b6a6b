/** Shells for which the variables can be written down. */
export const SHELLS = ["sh", "fish", "powershell", "cmd"] as const;
export type Shell = (typeof SHELLS)[number];

/** One line for each variable that sets it in a shell, whatever its value holds. */
export function exportLines(environment: Record<string, string>, shell: Shell): string[] {
  return Object.entries(environment).map(([name, value]) => line[shell](name, value));
}

const line: Record<Shell, (name: string, value: string) => string> = {
  sh: (name, value) => `export ${name}='${value.replaceAll("'", String.raw`'\''`)}'`,
  fish: (name, value) => `set -gx ${name} '${value.replace(/[\\']/g, String.raw`\$&`)}'`,
  powershell: (name, value) => `$env:${name} = ${powershellText(value)}`,
  cmd: (name, value) =>
    /[\r\n]/.test(value)
      ? `rem ${name} is not set: its value has more than one line.`
      : `set "${name}=${cmdText(value)}"`,
};

/** `Invoke-Expression` is given line by line: a line's end in a value is written as its number. */
function powershellText(value: string): string {
  const parts = value.split(/([\r\n])/).map((part) => {
    if (part === "\r" || part === "\n") return `[char]${part.charCodeAt(0)}`;
    // PowerShell takes typographic quotes for its own.
    return `'${part.replace(/['\u2018-\u201b]/g, "$&$&")}'`;
  });
  return parts.join(" + ");
}

/**
 * Between `set "NAME=` and `"`. A quote in the value ends what is quoted, though `set` goes on to the last one on the line:
 * what means something to the shell outside of quotes is then escaped. A per cent sign is doubled for a batch file; at the
 * prompt it cannot be written at all.
 */
function cmdText(value: string): string {
  let quoted = true;
  return [...value]
    .map((character) => {
      if (character === '"') quoted = !quoted;
      if (character === "%") return "%%";
      return !quoted && /[&|<>^()]/.test(character) ? `^${character}` : character;
    })
    .join("");
}
