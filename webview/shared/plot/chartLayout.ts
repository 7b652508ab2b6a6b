import type { Config, Layout } from "plotly.js";
import type { Theme } from "../theme.js";
import type { XAxis } from "./curve.js";

export interface ChartView {
  axis: XAxis;
  logY: boolean;
  height: number;
  /** Changes when the user's zoom should be forgotten. */
  revision: string;
}

export const chartConfig: Partial<Config> = {
  displayModeBar: false,
  displaylogo: false,
  responsive: false,
  doubleClick: "reset",
};

/** Everything of a chart but its curves, in the editor's colours and font. */
export function chartLayout(theme: Theme, view: ChartView): Partial<Layout> {
  const axis = {
    color: theme.muted,
    gridcolor: theme.grid,
    linecolor: theme.border,
    zeroline: false,
    ticks: "" as const,
    fixedrange: false,
  };
  return {
    height: view.height,
    autosize: true,
    // Fixed, so that charts stand in line, and because fitting them to the labels lays every chart out twice.
    margin: { l: 48, r: 10, t: 6, b: 24 },
    paper_bgcolor: "rgba(0,0,0,0)",
    plot_bgcolor: "rgba(0,0,0,0)",
    font: { family: theme.fontFamily, size: Math.max(10, theme.fontSize - 2), color: theme.muted },
    showlegend: false,
    hovermode: "x unified",
    dragmode: "zoom",
    uirevision: view.revision,
    hoverlabel: {
      bgcolor: theme.hoverBackground,
      bordercolor: theme.hoverBorder,
      font: {
        family: theme.fontFamily,
        size: Math.max(10, theme.fontSize - 2),
        color: theme.hoverForeground,
      },
      namelength: 28,
    },
    xaxis: {
      ...axis,
      nticks: 7,
      showgrid: false,
      showline: true,
      exponentformat: "SI",
      ...(view.axis === "time" ? { ticksuffix: " s" } : {}),
      hoverformat: view.axis === "time" ? ",.1f" : ",.10~g",
    },
    yaxis: {
      ...axis,
      nticks: 6,
      type: view.logY ? "log" : "linear",
      exponentformat: "power",
      hoverformat: ".5~g",
    },
  };
}
