import type * as Bundle from "./plotly.js";

declare global {
  var CairnPlotly: typeof Bundle;
}

/** The shared plot bundle, loaded by its own script tag before the panel's. */
export function plotly(): typeof Bundle {
  return globalThis.CairnPlotly;
}
