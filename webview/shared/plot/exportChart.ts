import type { Data, Layout } from "plotly.js";
import type { ChartFile } from "../../../src/shared/charts.js";
import { CairnError } from "../../../src/shared/errors.js";
import { readTheme } from "../theme.js";
import { chartConfig, chartLayout } from "./chartLayout.js";
import type { ChartAction } from "./chartMenu.js";
import type { MetricChart } from "./metricChart.js";
import { plotly } from "./plotlyGlobal.js";
import { toTraces } from "./traces.js";

/** How the host saves what the charts give. */
export interface ChartSaver {
  file(file: ChartFile): Promise<unknown>;
  points(metric: string): Promise<unknown>;
}

const TITLE = 34;
const LEGEND_ROW = 18;
const MOST_NAMED = 30;

/** A chart as a picture of its own: with its name, the names of its curves, and an opaque background. */
function picture(chart: MetricChart): {
  data: Data[];
  layout: Partial<Layout>;
  width: number;
  height: number;
} {
  const theme = readTheme();
  const { drawn, shown, options } = chart;
  const width = Math.max(640, chart.width);
  const legend = Math.min(drawn.length, MOST_NAMED) * LEGEND_ROW;
  const height = Math.max(360, chart.height) + TITLE;
  const { data, owners } = toTraces(drawn, shown.y);
  const named = new Set<string>();
  const last = new Map(owners.map((owner, i) => [owner, i]));
  const layout = chartLayout(theme, {
    options,
    ...shown,
    width: width + 200,
    height: Math.max(height, legend + TITLE),
  });
  return {
    data: data.map((trace, i) => {
      const owner = owners[i] ?? "";
      const showlegend = last.get(owner) === i && named.size < MOST_NAMED && !named.has(owner);
      if (showlegend) named.add(owner);
      return { ...trace, showlegend };
    }),
    layout: {
      ...layout,
      margin: { l: 56, r: 12, t: TITLE, b: 32 },
      paper_bgcolor: theme.background,
      plot_bgcolor: theme.background,
      showlegend: true,
      title: { text: escapeMarkup(chart.metric), x: 0.02, font: { size: 15, color: theme.foreground } },
    },
    width: width + 200,
    height: Math.max(height, legend + TITLE),
  };
}

/** Plotly reads a little HTML in texts. */
function escapeMarkup(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;");
}

/** PNG has twice the pixels, for screens and papers. */
async function toPicture(chart: MetricChart, format: "png" | "svg"): Promise<ChartFile> {
  const { data, layout, width, height } = picture(chart);
  const figure = { data, layout, config: chartConfig };
  const url = await plotly().toImage(figure, { format, width, height, scale: format === "png" ? 2 : 1 });
  const [, payload = ""] = /^[^,]*,([\s\S]*)$/.exec(url) ?? [];
  const bytes =
    format === "png"
      ? Uint8Array.from(atob(payload), (character) => character.charCodeAt(0))
      : new TextEncoder().encode(decodeURIComponent(payload));
  return { name: `${fileName(chart.metric)}.${format}`, bytes };
}

/** The points that are drawn: of long curves the extremes, of groups mean and band. */
function toCsv(chart: MetricChart): ChartFile {
  const [low, high] = chart.shown.x;
  const rows: string[] = [];
  const isGrouped = chart.drawn.some(({ band }) => band);
  for (const { id, name, line, band } of chart.drawn) {
    const { raw, points } = line;
    raw.x.forEach((x, i) => {
      if (x < low || x > high) return;
      const cells = band
        ? [id, name, x, band.mean[i], band.low[i], band.high[i]]
        : [id, name, points[3 * i], points[3 * i + 1], numberText(points[3 * i + 2] ?? Number.NaN)];
      rows.push(cells.map((cell) => quoted(String(cell ?? ""))).join(","));
    });
  }
  const head = isGrouped ? "group,name,x,mean,min,max" : "run_id,run_name,step,timestamp_ms,value";
  const bytes = new TextEncoder().encode(`${[head, ...rows].join("\n")}\n`);
  return { name: `${fileName(chart.metric)}.csv`, bytes };
}

/** As Python and pandas read them. */
function numberText(value: number): string {
  if (Number.isFinite(value)) return String(value);
  return Number.isNaN(value) ? "nan" : value > 0 ? "inf" : "-inf";
}

function quoted(text: string): string {
  return /[",\n\r]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

function fileName(metric: string): string {
  return metric.replace(/[^\p{L}\p{N}._-]+/gu, "_").slice(0, 100) || "chart";
}

async function copyPicture(chart: MetricChart): Promise<void> {
  // Pages that are not served securely have none.
  const { clipboard } = navigator as { clipboard?: Clipboard };
  if (!clipboard)
    throw new CairnError("refused", "This window may not use the clipboard: save it as PNG instead.");
  const { bytes } = await toPicture(chart, "png");
  const blob = new Blob([bytes as Uint8Array<ArrayBuffer>], { type: "image/png" });
  await clipboard.write([new ClipboardItem({ "image/png": blob })]);
}

/** Saves a chart as a picture or a table, or copies it. */
export async function saveChart(
  chart: MetricChart,
  action: Exclude<ChartAction, "open">,
  saver: ChartSaver,
): Promise<void> {
  if (action === "copy") await copyPicture(chart);
  else if (action === "points") await saver.points(chart.metric);
  else await saver.file(action === "csv" ? toCsv(chart) : await toPicture(chart, action));
}
