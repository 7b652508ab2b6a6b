import type { ChartSettings } from "../../../src/shared/charts.js";

export interface Section {
  /** The prefix; `PINNED`; "" for metrics without a prefix. */
  name: string;
  title: string;
  keys: string[];
  open: boolean;
}

/** System metrics, or all others. */
export type Part = "system" | "other";

/** Name of the section of pinned metrics; no metric begins so, because a prefix ends before a slash. */
export const PINNED = "/";

/**
 * Metric names in sections by what stands before the first `/`: pinned ones, those without prefix, the others by name,
 * `system` at the end. Hidden ones are left out; `search` are words that must all be in a name.
 */
export function toSections(
  keys: readonly string[],
  { pinned, hidden, toggled }: Pick<ChartSettings, "pinned" | "hidden" | "toggled">,
  { search = "", only }: { search?: string; only?: Part | undefined } = {},
): Section[] {
  const words = search
    .toLowerCase()
    .split(/\s+/)
    .filter((word) => word !== "");
  const away = new Set(hidden);
  const top = new Set(pinned);
  const here = new Set<string>();
  const found = new Map<string, string[]>();
  for (const key of keys) {
    if (away.has(key) || (only && (prefixOf(key) === "system") !== (only === "system"))) continue;
    const lower = key.toLowerCase();
    if (!words.every((word) => lower.includes(word))) continue;
    if (top.has(key)) {
      here.add(key);
      continue;
    }
    const name = prefixOf(key);
    const list = found.get(name);
    if (list) list.push(key);
    else found.set(name, [key]);
  }
  // A search opens what it finds.
  const isOpen = (name: string): boolean =>
    words.length > 0 || (name !== "system" || only === "system") !== toggled.includes(name);
  const sections = [...found]
    .map(([name, list]) => ({ name, title: name || "metrics", keys: list, open: isOpen(name) }))
    .sort((a, b) => rank(a.name) - rank(b.name) || (a.name < b.name ? -1 : 1));
  const first = pinned.filter((key) => here.has(key));
  if (first.length === 0) return sections;
  return [{ name: PINNED, title: "Pinned", keys: first, open: isOpen(PINNED) }, ...sections];
}

export function prefixOf(key: string): string {
  const cut = key.indexOf("/");
  return cut > 0 ? key.slice(0, cut) : "";
}

/** A metric's name within its section. */
export function labelIn(section: Section, key: string): string {
  return section.name === "" || section.name === PINNED ? key : key.slice(section.name.length + 1);
}

function rank(name: string): number {
  if (name === "") return 0;
  return name === "system" ? 2 : 1;
}
