/**
 * Ten hues in an order in which neighbours differ most, then the same in another shade; the same place has the same hue
 * in both lists.
 */
const DARK = [
  "#4fa3ff",
  "#ff9e4a",
  "#5fd38d",
  "#f2727f",
  "#b48cf2",
  "#e0c341",
  "#3fd0d4",
  "#f28fd0",
  "#a5c95a",
  "#c9946a",
  "#7fc8ff",
  "#ffc387",
  "#2fb57a",
  "#ff9aa2",
  "#8f7bff",
  "#fff07a",
  "#8ae6e0",
  "#d06ab8",
  "#d7e88f",
  "#b0b7c3",
];
const LIGHT = [
  "#0b64c8",
  "#c25700",
  "#1b8745",
  "#c3283a",
  "#7440c4",
  "#8a6d00",
  "#007f86",
  "#b3288a",
  "#557a00",
  "#85512a",
  "#2d8ad8",
  "#e07b1a",
  "#0d6b4f",
  "#e0475a",
  "#4d35d9",
  "#a98500",
  "#2a9d9d",
  "#8c1f6f",
  "#7d9a1f",
  "#5c6573",
];

/** How many runs can be told apart by colour. */
export const PALETTE_SIZE = DARK.length;
const HUES = PALETTE_SIZE / 2;

/** FNV-1a, so that a run has the same colour in every window and after every reload. */
function hash(text: string): number {
  let value = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) value = Math.imul(value ^ text.charCodeAt(i), 0x01000193);
  return value >>> 0;
}

/** How bad a place would be for one run more: the same hue in its other shade is better than the same colour. */
function cost(uses: readonly number[], place: number): number {
  const own = uses[place] ?? 0;
  const other = uses[(place + HUES) % PALETTE_SIZE] ?? 0;
  return 2 * own + (other > own ? 1 : 0);
}

/** Which run has which place in the palette. */
export class Palette {
  private readonly moved = new Map<string, number>();

  /** `chosen`: runs that the user has given a place in the palette. */
  constructor(private readonly chosen = new Map<string, number>()) {}

  /** Gives a run a colour of the user's choice, or its own again. */
  choose(runId: string, place: number | null): void {
    this.moved.delete(runId);
    if (place === null) this.chosen.delete(runId);
    else this.chosen.set(runId, place % PALETTE_SIZE);
  }

  /** All colours, for a light or a dark background. */
  static colors(background: "light" | "dark"): string[] {
    return [...(background === "light" ? LIGHT : DARK)];
  }

  /**
   * Makes the colours of `runIds` differ, as far as the palette goes: a chosen one stays, and else the first of two
   * that clash.
   * Returns the runs whose colour changed.
   */
  separate(runIds: readonly string[]): string[] {
    const uses = new Array<number>(PALETTE_SIZE).fill(0);
    const changed: string[] = [];
    for (const runId of runIds) {
      const place = this.chosen.get(runId);
      if (place !== undefined) uses[place] = (uses[place] ?? 0) + 1;
    }
    for (const runId of runIds) {
      if (this.chosen.has(runId)) continue;
      const wanted = this.place(runId);
      const costs = uses.map((_, place) => cost(uses, place));
      const least = Math.min(...costs);
      let place = wanted;
      while ((costs[place] ?? 0) > least) place = (place + 1) % PALETTE_SIZE;
      uses[place] = (uses[place] ?? 0) + 1;
      if (place === wanted) continue;
      this.moved.set(runId, place);
      changed.push(runId);
    }
    return changed;
  }

  /** The colour of a run as `#rrggbb`, for a light or a dark background. */
  colorOf(runId: string, background: "light" | "dark"): string {
    const palette = background === "light" ? LIGHT : DARK;
    return palette[this.place(runId)] ?? "#888888";
  }

  private place(runId: string): number {
    return this.chosen.get(runId) ?? this.moved.get(runId) ?? hash(runId) % PALETTE_SIZE;
  }
}
