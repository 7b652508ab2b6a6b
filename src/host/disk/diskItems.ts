import { formatBytes } from "../../shared/bytes.js";
import type { DiskUse } from "../../shared/jobs.js";

const DAY_MS = 24 * 3600_000;
/** Ages of deleted runs that are offered, in days. */
export const AGES = [90, 30, 7, 0] as const;

export interface Due {
  days: number;
  runs: number;
  bytes: number;
}

/** What deleting for good would take, for each age at which it takes something, without those that take the same. */
export function dueByAge({ deleted }: Pick<DiskUse, "deleted">, now: number): Due[] {
  const all = AGES.map((days): Due => {
    const due = deleted.filter(({ deletedTime }) => deletedTime < now - days * DAY_MS);
    return { days, runs: due.length, bytes: due.reduce((sum, run) => sum + run.bytes, 0) };
  });
  return all.filter(({ runs }, i) => runs > 0 && runs !== all[i - 1]?.runs);
}

/** `61 %` of the whole; nothing for what is none of it. */
export function shareOf(bytes: number, total: number): string {
  if (bytes === 0 || total === 0) return "";
  const percent = (100 * bytes) / total;
  return percent < 1 ? "< 1 %" : `${Math.round(percent)} %`;
}

export function sizeAndShare(bytes: number, total: number): string {
  const share = shareOf(bytes, total);
  return share === "" ? formatBytes(bytes) : `${formatBytes(bytes)} · ${share}`;
}
