const NAME_LENGTH = 250;
const BAD = process.platform === "win32" ? /[^/\p{L}\p{M}\p{N}_.\- ]/gu : /[^/\p{L}\p{M}\p{N}_.\- :]/gu;

/**
 * `text` as a name that MLflow allows for metrics and parameters: other characters become `_`, and so do parts that
 * would lead elsewhere if the name were a path. "" where nothing is left of it.
 */
export function allowedName(text: string): string {
  const cut = text.length > 4 * NAME_LENGTH ? text.slice(0, 4 * NAME_LENGTH) : text;
  const parts = cut
    .replace(BAD, "_")
    .split("/")
    .filter((part) => part !== "" && part !== ".")
    .map((part) => (part === ".." ? "_" : part));
  const name = parts.join("/");
  if (name.length <= NAME_LENGTH) return name;
  return name
    .slice(0, NAME_LENGTH)
    .replace(/[\ud800-\udbff]$/, "")
    .replace(/\/+$/, "");
}

/** Time in seconds as milliseconds; `otherwise` where it is no time. */
export function milliseconds(seconds: number, otherwise: number): number {
  const time = Math.round(seconds * 1000);
  return Number.isSafeInteger(time) && time >= 0 ? time : otherwise;
}
