import type { Data } from "plotly.js";
import type { Range } from "./axes.js";
import type { Band } from "./groups.js";
import type { Line } from "./line.js";

/** A run, or a group of runs, as it is drawn in one chart. */
export interface Drawn {
  id: string;
  name: string;
  color: string;
  line: Line;
  band?: Band | undefined;
}

export interface Traces {
  data: Data[];
  /** Of each trace the run or group that it belongs to. */
  owners: string[];
}

/** Raw curves faint below their averages, bands below their means, and marks for what is no number. */
export function toTraces(drawn: readonly Drawn[], [low, high]: Range): Traces {
  const data: Data[] = [];
  const owners: string[] = [];
  const add = (id: string, trace: Data): void => {
    data.push(trace);
    owners.push(id);
  };
  for (const { id, name, color, line, band } of drawn) {
    if (band) {
      const edge = { type: "scatter", mode: "lines", x: band.x, line: { width: 0, color }, name } as const;
      add(id, { ...edge, y: band.low });
      add(id, { ...edge, y: band.high, fill: "tonexty", fillcolor: transparent(color, 0.2) });
    }
    const { raw, smooth } = line;
    if (smooth) add(id, { ...curve(name, color, raw, 1), opacity: 0.25 });
    add(id, curve(name, color, smooth ?? raw, smooth ? 2 : 1.5));
    const marks = marksOf(line, low, high);
    if (marks) add(id, { ...marks, name, marker: { ...marks.marker, color } });
  }
  return { data, owners };
}

function curve(name: string, color: string, { x, y }: Line["raw"], width: number): Data {
  const alone = x.length === 1;
  return {
    type: "scatter",
    mode: alone ? "markers" : "lines",
    name,
    x,
    y,
    connectgaps: false,
    line: { color, width },
    marker: { color, size: 6 },
  };
}

/** NaN and −∞ stand at the lower edge, ∞ at the upper one. */
function marksOf({ marks }: Line, low: number, high: number) {
  if (marks.length === 0) return undefined;
  const symbolOf = (value: number) =>
    Number.isNaN(value) ? "x-thin-open" : value > 0 ? "triangle-up" : "triangle-down";
  return {
    type: "scatter",
    mode: "markers",
    x: Float64Array.from(marks, ({ x }) => x),
    y: Float64Array.from(marks, ({ value }) => (value > 0 ? high : low)),
    cliponaxis: false,
    marker: { symbol: marks.map(({ value }) => symbolOf(value)), size: 7, line: { width: 1.5 } },
  } as const;
}

/** What has to be known to read the curves right. */
export function notesOf(drawn: readonly Drawn[]): string[] {
  const notes: string[] = [];
  if (drawn.some(({ line }) => line.leftOut)) notes.push("Values ≤ 0 are left out: the axis is logarithmic.");
  if (drawn.some(({ line }) => line.marks.length > 0)) notes.push("At the edge: × NaN, ▲ ∞, ▼ −∞.");
  return notes;
}

/** A colour written as #rrggbb with an opacity; others as they are. */
export function transparent(color: string, opacity: number): string {
  const parts = /^#([0-9a-f]{2})([0-9a-f]{2})([0-9a-f]{2})/i.exec(color);
  if (!parts) return color;
  const [red, green, blue] = parts.slice(1).map((part) => Number.parseInt(part, 16));
  return `rgba(${red ?? 0},${green ?? 0},${blue ?? 0},${opacity})`;
}
