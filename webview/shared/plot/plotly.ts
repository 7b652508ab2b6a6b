// Entry of dist/webview/plotly.js, the global `CairnPlotly`: one copy for every panel that plots.
import * as Plotly from "plotly.js/lib/core";

export const react = Plotly.react;
export const purge = Plotly.purge;
export const relayout = Plotly.relayout;
export const toImage = Plotly.toImage;
export const Plots = Plotly.Plots;
