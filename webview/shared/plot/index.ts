export { ChartData, type ChartSource } from "./chartData.js";
export { ChartGrid } from "./chartGrid.js";
export { chartStyles } from "./chartStyles.js";
export type { CurveData } from "./curveStore.js";
export type { ChartGroup, ChartRun } from "./drawCurves.js";
export { panelCharts } from "./panelCharts.js";
export { MetricChart } from "./metricChart.js";
