/** Whole last words only: `max_tokens`, `tokenizer` and `eos_token` are a model's, not a secret. */
const secretName =
  /(^|[-_.])(token|secret|passwd|password|credentials?|(api|access|secret|private)[-_]?key)$/i;
const modelToken = /(^|[-_.])(pad|eos|bos|unk|mask|sep|cls|stop|start|end)[-_.]token$/i;
const HIDDEN = "***";

/** Bits per character of what a text is made of; random tokens have above 4, words and paths below 3.6 mostly. */
function entropy(text: string): number {
  const counts = new Map<string, number>();
  for (const char of text) counts.set(char, (counts.get(char) ?? 0) + 1);
  let bits = 0;
  for (const count of counts.values()) bits -= (count / text.length) * Math.log2(count / text.length);
  return bits;
}

function looksLikeToken(text: string): boolean {
  if (!/^[\w+=.~-]{24,}$/.test(text) || !/\d/.test(text) || !/[a-z]/i.test(text)) return false;
  return entropy(text) > 4;
}

function globPattern(glob: string): RegExp {
  const body = glob
    .replace(/[.+^${}()|[\]\\]/g, "\\$&")
    .replaceAll("*", ".*")
    .replaceAll("?", ".");
  return new RegExp(`^${body}$`, "i");
}

export interface Redacted<T> {
  value: T;
  /** Names of what was left out, never the values. */
  leftOut: string[];
}

/** Decides what of commands and parameters may be recorded; `globs` are cairn.yaml's `redact`. */
export function createRedactor(globs: readonly string[]): {
  arguments(argv: readonly string[]): Redacted<string[]>;
  params(params: Record<string, string>): Redacted<Record<string, string>>;
} {
  const patterns = globs.map(globPattern);
  const isSecretName = (name: string): boolean => {
    const bare = name.replace(/^-+/, "");
    return (
      (secretName.test(bare) && !modelToken.test(bare)) || patterns.some((pattern) => pattern.test(bare))
    );
  };
  const isSecretValue = (value: string): boolean =>
    looksLikeToken(value) || patterns.some((pattern) => pattern.test(value));

  function argument(text: string, previous: string | undefined, leftOut: string[]): string {
    const [, name, value] = /^(-{0,2}[\w.-]+)=(.*)$/s.exec(text) ?? [];
    if (name !== undefined && value !== undefined && (isSecretName(name) || isSecretValue(value))) {
      leftOut.push(name);
      return `${name}=${HIDDEN}`;
    }
    const isOption = previous !== undefined && /^--?[A-Za-z]/.test(previous) && !previous.includes("=");
    if (!text.startsWith("-") && ((isOption && isSecretName(previous)) || isSecretValue(text))) {
      leftOut.push(isOption ? previous : "an argument");
      return HIDDEN;
    }
    return text;
  }

  return {
    arguments(argv) {
      const leftOut: string[] = [];
      const value = argv.map((text, index) => {
        const previous = argv[index - 1];
        const afterSecret = previous?.startsWith("-") === true && isSecretName(previous);
        // One alone is a shell's command line; among others it is one value, spaces and all.
        const isAssignment = argv.length > 1 && isSecretName(/^[\w.-]+(?==)/.exec(text)?.[0] ?? "");
        if (afterSecret || isAssignment || !/\s/.test(text)) return argument(text, previous, leftOut);
        let before: string | undefined;
        return text.replace(/[^\s'"]+/g, (word) => {
          const shown = argument(word, before, leftOut);
          before = word;
          return shown;
        });
      });
      return { value, leftOut };
    },
    params(params) {
      const leftOut: string[] = [];
      const value = Object.entries(params).map(([name, text]): [string, string] => {
        if (!isSecretName(name) && !isSecretValue(text)) return [name, text];
        leftOut.push(name);
        return [name, HIDDEN];
      });
      return { value: Object.fromEntries(value), leftOut };
    },
  };
}
