import { html } from "lit";
import type { RunRow, RunTable } from "../../src/shared/protocol.js";
import { formatDuration, formatNumber, formatRelative, formatTime, metricNumber } from "../shared/format.js";
import type { GridColumn } from "../shared/grid/index.js";
import { statusIcon, statusLabel } from "../shared/status.js";

export interface ColumnContext {
  colors: Record<string, string>;
  now: number;
  /** Runs whose curves are drawn: their swatch is filled. */
  selected: ReadonlySet<string>;
}

export function runDuration(row: RunRow, now: number): number {
  return (row.endTime ?? (row.status === "RUNNING" ? now : row.startTime)) - row.startTime;
}

function nameCell(row: RunRow, context: ColumnContext) {
  const color = context.selected.has(row.runId) ? (context.colors[row.runId] ?? "") : "transparent";
  return html`${statusIcon(row.status)}<cairn-swatch .color=${color}></cairn-swatch
    ><span class="clip">${row.name}</span>`;
}

function fixedColumns(context: ColumnContext): GridColumn<RunRow>[] {
  return [
    { id: "select", title: "", width: 30, pinned: true, value: () => null, text: (row) => row.name },
    {
      id: "name",
      title: "Run",
      width: 200,
      pinned: true,
      value: (row) => row.name,
      text: (row) => `${row.name} (${statusLabel(row.status)})${row.note ? `\n${row.note}` : ""}`,
      render: (row) => nameCell(row, context),
    },
    {
      id: "start",
      title: "Started",
      width: 96,
      value: (row) => row.startTime,
      text: (row) => formatTime(row.startTime),
      render: (row) => html`<span class="muted clip">${formatRelative(row.startTime, context.now)}</span>`,
    },
    {
      id: "duration",
      title: "Duration",
      width: 76,
      align: "right",
      value: (row) => runDuration(row, context.now),
      text: (row) => formatDuration(runDuration(row, context.now)),
    },
  ];
}

function tailColumns(): GridColumn<RunRow>[] {
  return [
    { id: "user", title: "User", width: 90, value: (row) => row.user || null, text: (row) => row.user },
    {
      id: "source",
      title: "Source",
      width: 140,
      value: (row) => row.source || null,
      text: (row) => row.source,
    },
  ];
}

function metricColumn(key: string, index: number): GridColumn<RunRow> {
  const cell = (row: RunRow): number | null => metricNumber(row.metrics[index] ?? null);
  return {
    id: `metric:${key}`,
    title: shortName(key),
    group: prefix(key) || "metric",
    width: 92,
    align: "right",
    value: cell,
    text: (row) => {
      const value = cell(row);
      return value === null ? "" : formatNumber(value, 4, true);
    },
  };
}

function paramColumn(key: string, index: number): GridColumn<RunRow> {
  const text = (row: RunRow): string => row.params[index] ?? "";
  return {
    id: `param:${key}`,
    title: shortName(key),
    group: prefix(key) || "parameter",
    width: 100,
    text,
    value: (row) => {
      const value = row.params[index] ?? null;
      return value === null || value.trim() === "" || Number.isNaN(Number(value)) ? value : Number(value);
    },
  };
}

function shortName(key: string): string {
  return key.slice(key.lastIndexOf("/") + 1);
}

function prefix(key: string): string {
  return key.slice(0, Math.max(0, key.lastIndexOf("/")));
}

/** The table's columns: what a run is, then its metrics, then its parameters. */
export function runColumns(table: RunTable, context: ColumnContext): GridColumn<RunRow>[] {
  return [
    ...fixedColumns(context),
    ...table.metricKeys.map(metricColumn),
    ...table.paramKeys.map(paramColumn),
    ...tailColumns(),
  ];
}
