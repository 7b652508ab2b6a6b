/** Tokens that say by their beginning whose they are. Each is a whole word. */
const known: readonly (readonly [RegExp, string])[] = [
  [/\b(?:gh[pousr]_[A-Za-z0-9]{20,}|github_pat_\w{20,})/g, "a GitHub token"],
  [/\bglpat-[\w-]{16,}/g, "a GitLab token"],
  [/\bhf_[A-Za-z0-9]{20,}/g, "a Hugging Face token"],
  [/\b(?:AKIA|ASIA|AROA|AIDA)[A-Z0-9]{16}\b/g, "an AWS key"],
  [/\bsk-(?:proj-|ant-|svcacct-|or-|lf-)?[\w-]{20,}/g, "an API key"],
  [/\b[rsp]k_(?:live|test)_[A-Za-z0-9]{16,}/g, "an API key"],
  [/\bxox[abeoprs]-[\w-]{10,}|\bxapp-[\w-]{20,}/g, "a Slack token"],
  [/\bAIza[\w-]{35}/g, "a Google API key"],
  [/\bya29\.[\w-]{20,}/g, "a Google token"],
  [/\bnpm_[A-Za-z0-9]{30,}/g, "an npm token"],
  [/\bpypi-[\w-]{40,}/g, "a PyPI token"],
  [/\bdapi[0-9a-f]{32}/g, "a Databricks token"],
  [/\bwandb_v\d_[\w-]{20,}/g, "a W&B key"],
  [/\beyJ[\w-]{8,}\.eyJ[\w-]{8,}\.[\w-]{8,}/g, "a JSON web token"],
];

/** Bits per character of what a text is made of. */
function entropy(text: string): number {
  const counts = new Map<string, number>();
  for (const char of text) counts.set(char, (counts.get(char) ?? 0) + 1);
  let bits = 0;
  for (const count of counts.values()) bits -= (count / text.length) * Math.log2(count / text.length);
  return bits;
}

const classOf = (char: string): number => (/\d/.test(char) ? 0 : /[a-z]/.test(char) ? 1 : 2);

/** Between neighbours; random letters and digits change their kind in 0.4 to 0.6 of the places, words in fewer than 0.3. */
function changes(text: string): number {
  let count = 0;
  for (let i = 1; i < text.length; i++) {
    if (classOf(text.charAt(i)) !== classOf(text.charAt(i - 1))) count++;
  }
  return count / (text.length - 1);
}

/** `ListObjectsV2Command`: words of several letters, with digits in at most two places among them. */
function isCamelCase(run: string): boolean {
  const words = run.match(/[A-Z]?[a-z]+|[A-Z]+(?![a-z])/g) ?? [];
  const letters = words.reduce((sum, word) => sum + word.length, 0);
  return (run.match(/\d+/g) ?? []).length <= 2 && letters >= 3.5 * words.length;
}

/** A run of letters and digits that nobody would write by hand and that is no hash (hex), as those of commits, runs and files. */
function isRandom(run: string): boolean {
  if (run.length > 128 || /^[0-9a-f]+$/i.test(run) || !/\d/.test(run) || !/[a-z]/i.test(run)) return false;
  return changes(run) >= 0.35 && entropy(run) >= 3.7 && !isCamelCase(run);
}

/**
 * Whether a word looks like a random token: one unbroken run of 20 to 128 letters and digits, mixed as chance does.
 * Hashes, UUIDs, dates, names with separators and long base64 are none.
 */
export function looksLikeToken(word: string): boolean {
  if (!/^[\w+=.~-]{20,256}$/.test(word) || /^(sha\d{1,3}|md5)[-=.]/i.test(word)) return false;
  return (word.match(/[A-Za-z0-9]{20,}/g) ?? []).some(isRandom);
}

/** Gives each known kind of token in `text` to `mask`, and puts what that returns in its place. */
export function replaceTokens(text: string, mask: (reason: string) => string): string {
  return known.reduce(
    (result, [pattern, kind]) => result.replace(pattern, () => mask(`looks like ${kind}`)),
    text,
  );
}

export function hasKnownToken(text: string): boolean {
  return known.some(([pattern]) => text.search(pattern) >= 0);
}

/**
 * Random words of a text. Not those that are a part of base64 (pictures in notebooks, certificates) or the digest in a
 * lock file (`sha512-…`).
 */
export function replaceRandomWords(text: string, mask: (reason: string) => string): string {
  return text.replace(
    /(?<![\w+/=.~-]|\\n|base64,)[\w+/=.~-]{20,256}(?![\w+/=.~-]|\\n)/g,
    (word, at: number, all: string) => {
      if (word.includes("/") || !looksLikeToken(word)) return word;
      // A line of wrapped base64 has 64 or 76 characters, and nothing else on it.
      const start = all.lastIndexOf("\n", at) + 1;
      const isAlone =
        /^[+\- ]?\s*$/.test(all.slice(start, at)) &&
        /^["',]*\r?(\n|$)/.test(all.slice(at + word.length, at + word.length + 4));
      if (isAlone && word.length >= 60 && !/[_.~-]/.test(word)) return word;
      return mask("looks like a token");
    },
  );
}
