const UNITS: Record<string, number> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };
const PART = /(\d+(?:\.\d+)?)\s*(ms|s|m|h|d)/y;

/** A length of time as people write it (`90s`, `10m`, `1h 30m`, `30d`), in milliseconds; undefined for anything else. */
export function parseDuration(text: string): number | undefined {
  const trimmed = text.trim();
  let total = 0;
  let at = 0;
  while (at < trimmed.length) {
    PART.lastIndex = at;
    const match = PART.exec(trimmed);
    if (!match) return undefined;
    total += Number(match[1]) * (UNITS[match[2] ?? ""] ?? Number.NaN);
    at = PART.lastIndex;
    while (trimmed.charAt(at) === " ") at++;
  }
  return trimmed !== "" && Number.isSafeInteger(Math.round(total)) ? Math.round(total) : undefined;
}

/** A length of time in the largest unit of which it has two: `45 s`, `12 min`, `3 h`, `30 days`. `ms` is at least 0. */
export function describeDuration(ms: number): string {
  const units: [number, string][] = [
    [86_400_000, "days"],
    [3_600_000, "h"],
    [60_000, "min"],
  ];
  const [size, unit] = units.find(([each]) => ms >= 2 * each) ?? [1000, "s"];
  return `${Math.round(ms / size)} ${unit}`;
}
