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

/** A length of time in the largest unit of which it has two: `45 s`, `12 min`, `3 h`, `30 days`. Less than zero is zero. */
export function describeDuration(time: number): string {
  const ms = Math.max(0, time);
  const units: [number, string][] = [
    [86_400_000, "days"],
    [3_600_000, "h"],
    [60_000, "min"],
  ];
  const [size, unit] = units.find(([each]) => ms >= 2 * each) ?? [1000, "s"];
  return `${Math.round(ms / size)} ${unit}`;
}

/** A length of time in its two largest units: `3.2 s`, `4m 05s`, `2h 07m`, `3d 04h`. Less than zero (clocks jump) is zero. */
export function formatDuration(ms: number): string {
  const seconds = Math.max(0, ms) / 1000;
  if (seconds < 60) return `${seconds < 10 ? seconds.toFixed(1) : Math.floor(seconds)} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes}m ${twoDigits(Math.floor(seconds % 60))}s`;
  const hours = Math.floor(minutes / 60);
  if (hours < 48) return `${hours}h ${twoDigits(minutes % 60)}m`;
  return `${Math.floor(hours / 24)}d ${twoDigits(hours % 24)}h`;
}

const twoDigits = (value: number): string => String(value).padStart(2, "0");
