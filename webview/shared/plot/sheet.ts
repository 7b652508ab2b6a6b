import type { ChartSize } from "../../../src/shared/charts.js";
import type { Section } from "./sections.js";

/** Pixels. */
export const HEAD = 24;
const GAP = 12;
const PAD = 10;
const TITLE = 26;

const SIZES: Record<ChartSize, { least: number; plot: number }> = {
  small: { least: 200, plot: 140 },
  medium: { least: 260, plot: 210 },
  large: { least: 520, plot: 340 },
};

export interface Cell {
  key: string;
  top: number;
  left: number;
  width: number;
}

export interface PlacedSection {
  section: Section;
  /** In the sheet; cells are placed in the section. */
  top: number;
  height: number;
  cells: Cell[];
}

export interface Sheet {
  height: number;
  /** Of a chart's drawing, without its title. */
  plotHeight: number;
  sections: PlacedSection[];
}

/**
 * Places sections and charts on a sheet of some width, and gives those between `from` and `to`. All charts have one
 * size, so that this takes no measuring and no more time for twelve thousand than for the few in view.
 */
export function layoutSheet(
  sections: readonly Section[],
  width: number,
  size: ChartSize,
  from: number,
  to: number,
): Sheet {
  const { least, plot } = SIZES[size];
  const room = Math.max(120, width - 2 * PAD);
  const columns = Math.max(1, Math.floor((room + GAP) / (least + GAP)));
  const cellWidth = Math.floor((room - (columns - 1) * GAP) / columns);
  const row = TITLE + plot + 6;
  const placed: PlacedSection[] = [];
  let top = 0;
  for (const section of sections) {
    const rows = section.open ? Math.ceil(section.keys.length / columns) : 0;
    const height = HEAD + (rows > 0 ? rows * row + PAD : 0);
    if (top < to && top + height > from) {
      const first = Math.max(0, Math.floor((from - top - HEAD) / row));
      const last = Math.min(rows, Math.ceil((to - top - HEAD) / row));
      const cells = section.keys.slice(first * columns, Math.max(0, last) * columns).map((key, i) => ({
        key,
        top: HEAD + (first + Math.floor(i / columns)) * row,
        left: PAD + (i % columns) * (cellWidth + GAP),
        width: cellWidth,
      }));
      placed.push({ section, top, height, cells: rows > 0 ? cells : [] });
    }
    top += height;
  }
  return { height: top, plotHeight: plot, sections: placed };
}

/** Where a metric's chart begins on the sheet; undefined where it has none. */
export function topOf(
  sections: readonly Section[],
  width: number,
  size: ChartSize,
  key: string,
): number | undefined {
  const sheet = layoutSheet(sections, width, size, 0, Infinity);
  for (const { top, cells } of sheet.sections) {
    const cell = cells.find((each) => each.key === key);
    if (cell) return top + cell.top;
  }
  return undefined;
}
