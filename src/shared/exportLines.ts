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
  powershell: (name, value) => `$env:${name} = '${value.replace(/['\u2018-\u201b]/g, "$&$&")}'`,
  // A per cent sign is doubled for a batch file; at the prompt it cannot be written at all.
  cmd: (name, value) => `set "${name}=${value.replaceAll("%", "%%")}"`,
};
