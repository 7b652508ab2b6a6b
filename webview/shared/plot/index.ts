export { ChartGrid, chartStyles, type ChartRun } from "./chartGrid.js";
export { CurveStore, type CurveData } from "./curveStore.js";
export { MetricChart } from "./metricChart.js";
