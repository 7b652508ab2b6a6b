/**
 * SQL's LIKE: `%` stands for any text, `_` for any one character. Greedy with one point of return, so that its time
 * is bounded by the product of the lengths, whatever the pattern.
 */
export function like(text: string, pattern: string): boolean {
  const t = [...text];
  const p = [...pattern];
  let at = 0;
  let patternAt = 0;
  let starAt = -1;
  let starText = 0;
  while (at < t.length) {
    const wanted = p[patternAt];
    if (wanted === "%") {
      starAt = patternAt++;
      starText = at;
    } else if (wanted !== undefined && (wanted === "_" || wanted === t[at])) {
      patternAt++;
      at++;
    } else if (starAt >= 0) {
      patternAt = starAt + 1;
      at = ++starText;
    } else return false;
  }
  while (p[patternAt] === "%") patternAt++;
  return patternAt === p.length;
}

/** LIKE without regard to case; of ASCII letters only, as SQLite's lower() and so MLflow's own store. */
export function ilike(text: string, pattern: string): boolean {
  return like(lower(text), lower(pattern));
}

function lower(text: string): string {
  return text.replace(/[A-Z]/g, (letter) => letter.toLowerCase());
}
