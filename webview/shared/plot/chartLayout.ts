import type { Config, Layout, PlotRelayoutEvent } from "plotly.js";
import type { ChartOptions } from "../../../src/shared/charts.js";
import type { Theme } from "../theme.js";
import { durationTicks, logTicks, wallTicks, type Range } from "./axes.js";

/** Fixed, so that charts stand in line, and because fitting them to the labels lays every chart out twice. */
export const MARGIN = { l: 48, r: 10, t: 6, b: 24 } as const;

export interface ChartView {
  options: ChartOptions;
  width: number;
  height: number;
  x: Range;
  y: Range;
}

export const chartConfig: Partial<Config> = {
  displayModeBar: false,
  displaylogo: false,
  responsive: false,
  doubleClick: false,
  showTips: false,
};

/** Everything of a chart but its curves, in the editor's colours and font. */
export function chartLayout(theme: Theme, { options, width, height, x, y }: ChartView): Partial<Layout> {
  const axis = {
    color: theme.muted,
    gridcolor: theme.grid,
    linecolor: theme.border,
    zeroline: false,
    ticks: "" as const,
    fixedrange: false,
    autorange: false as const,
  };
  return {
    width,
    height,
    margin: MARGIN,
    paper_bgcolor: "rgba(0,0,0,0)",
    plot_bgcolor: "rgba(0,0,0,0)",
    font: { family: theme.fontFamily, size: Math.max(10, theme.fontSize - 2), color: theme.muted },
    showlegend: false,
    // The crosshair and its values are Cairn's own: they are shared by all charts.
    hovermode: false,
    dragmode: "zoom",
    xaxis: {
      ...axis,
      ...horizontal(options, x, Math.max(2, Math.floor((width - MARGIN.l) / 56))),
      showgrid: false,
      showline: true,
    },
    yaxis: {
      ...axis,
      ...vertical(options, y, Math.max(3, Math.round(height / 40))),
    },
  };
}

function horizontal({ x: axis, logX }: ChartOptions, range: Range, most: number): Partial<Layout["xaxis"]> {
  if (logX && axis !== "wall") return logarithmic(range, most);
  if (axis === "step") return { type: "linear", range, nticks: most, exponentformat: "SI" };
  const { at, text } = axis === "wall" ? wallTicks(range, most) : durationTicks(range, most);
  return { type: "linear", range, tickmode: "array", tickvals: at, ticktext: text };
}

function vertical({ logY }: ChartOptions, range: Range, most: number): Partial<Layout["yaxis"]> {
  return logY ? logarithmic(range, most) : { type: "linear", range, nticks: most, exponentformat: "e" };
}

function logarithmic(range: Range, most: number): Partial<Layout["xaxis"]> {
  const { at, text } = logTicks(range, most);
  return {
    type: "log",
    range: [Math.log10(range[0]), Math.log10(range[1])],
    tickmode: "array",
    tickvals: at,
    ticktext: text,
  };
}

/** The x of a pixel in the plot, and the other way round. */
export function scaleX(range: Range, log: boolean, width: number) {
  const [low, high] = log ? [Math.log10(range[0]), Math.log10(range[1])] : range;
  const room = Math.max(1, width - MARGIN.l - MARGIN.r);
  return {
    toX(pixel: number): number {
      const place = low + ((pixel - MARGIN.l) / room) * (high - low);
      return log ? 10 ** place : place;
    },
    toPixel(x: number): number {
      const place = log ? Math.log10(x) : x;
      return MARGIN.l + ((place - low) / (high - low)) * room;
    },
  };
}

/** The value at a pixel of the plot's height. */
export function toValue(range: Range, log: boolean, height: number, pixel: number): number {
  const [low, high] = log ? [Math.log10(range[0]), Math.log10(range[1])] : range;
  const place = high - ((pixel - MARGIN.t) / (height - MARGIN.t - MARGIN.b)) * (high - low);
  return log ? 10 ** place : place;
}

/** The range of an axis that the user has zoomed to. */
export function zoomed(event: PlotRelayoutEvent, axis: "xaxis" | "yaxis", log: boolean): Range | undefined {
  const [low, high] = [event[`${axis}.range[0]`], event[`${axis}.range[1]`]];
  if (typeof low !== "number" || typeof high !== "number") return undefined;
  return log ? [10 ** low, 10 ** high] : [low, high];
}
