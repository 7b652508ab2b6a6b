import { html } from "lit";
import type { RunRow, RunTable } from "../../src/shared/protocol.js";
import { formatDuration, formatNumber, formatRelative, formatTime, metricNumber } from "../shared/format.js";
import type { GridColumn } from "../shared/grid/types.js";
import { statusIcon, statusLabel } from "../shared/status.js";

/** What cells show besides their row; one object that is filled anew, so that columns stay the same. */
export interface ColumnContext {
  colors: Record<string, string>;
  experiments: Record<string, string>;
  now: number;
  /** Runs whose curves are drawn: their swatch is filled. */
  drawn: ReadonlySet<string>;
  star: (row: RunRow) => void;
}

export type ColumnKind = "attribute" | "metric" | "param" | "tag";

export interface RunColumn extends GridColumn<RunRow> {
  kind: ColumnKind;
  /** The whole name, which the title may shorten. */
  name: string;
  /** Values are numbers, which groups of runs average. */
  numeric?: boolean;
  /** Turns a number back into text, in place of `formatNumber`. */
  format?: (value: number) => string;
  /** The column can be left out of the table. */
  optional?: boolean;
  /** Shown as long as the user has not chosen. */
  byDefault?: boolean;
}

export function runDuration(row: RunRow, now: number): number {
  return (row.endTime ?? (row.status === "RUNNING" ? now : row.startTime)) - row.startTime;
}

function nameCell(row: RunRow, context: ColumnContext) {
  const color = context.drawn.has(row.runId) ? (context.colors[row.runId] ?? "") : "transparent";
  return html`${statusIcon(row.status)}<cairn-swatch .color=${color}></cairn-swatch
    ><span class="clip">${row.name}</span>`;
}

function starCell(row: RunRow, context: ColumnContext) {
  return html`<button
    class="star codicon ${row.starred ? "starred codicon-star-full" : "codicon-star-empty"}"
    type="button"
    tabindex="-1"
    aria-label=${`Star ${row.name}`}
    aria-pressed=${String(row.starred)}
    @click=${(event: Event) => {
      event.stopPropagation();
      context.star(row);
    }}
  ></button>`;
}

const attribute = (
  id: string,
  title: string,
  width: number,
  text: (row: RunRow) => string,
  more: Partial<RunColumn> = {},
): RunColumn => ({
  ...{ kind: "attribute", id, title, name: title, width, text },
  value: (row) => text(row) || null,
  optional: true,
  byDefault: true,
  ...more,
});

/** What every run has, in front of and behind what it has logged. */
export function attributeColumns(context: ColumnContext): { front: RunColumn[]; back: RunColumn[] } {
  const front = [
    attribute("select", "", 30, (row) => row.name, {
      ...{ pinned: true, fixed: true, optional: false, value: () => null },
    }),
    attribute("star", "Star", 30, (row) => (row.starred ? "Starred" : "Not starred"), {
      icon: "star-empty",
      value: (row) => (row.starred ? 0 : 1),
      render: (row) => starCell(row, context),
      action: (row) => {
        context.star(row);
      },
    }),
    attribute(
      "name",
      "Run",
      200,
      (row) => `${row.name} (${statusLabel(row.status)})${row.note ? `\n${row.note}` : ""}`,
      {
        ...{ pinned: true, tree: true, optional: false },
        value: (row) => row.name,
        render: (row) => nameCell(row, context),
      },
    ),
    attribute("start", "Started", 96, (row) => formatTime(row.startTime), {
      value: (row) => row.startTime,
      render: (row) => html`<span class="muted clip">${formatRelative(row.startTime, context.now)}</span>`,
    }),
    attribute("duration", "Duration", 76, (row) => formatDuration(runDuration(row, context.now)), {
      ...{ align: "right", numeric: true, format: formatDuration },
      value: (row) => runDuration(row, context.now),
    }),
    attribute("status", "Status", 84, (row) => statusLabel(row.status), { byDefault: false }),
  ];
  const back = [
    attribute("user", "User", 90, (row) => row.user),
    attribute("source", "Source", 140, (row) => row.source),
    attribute("note", "Note", 200, (row) => row.note ?? "", { byDefault: false }),
    attribute("parent", "Parent Run", 110, (row) => row.parentRunId ?? "", { byDefault: false }),
    attribute(
      "experiment",
      "Experiment",
      110,
      (row) => context.experiments[row.experimentId] ?? row.experimentId,
      {
        byDefault: false,
      },
    ),
    attribute("id", "Run ID", 110, (row) => row.runId, { byDefault: false }),
  ];
  return { front, back };
}

function metricColumn(key: string, index: number): RunColumn {
  const cell = (row: RunRow): number | null => metricNumber(row.metrics[index] ?? null);
  return {
    ...{ kind: "metric", id: `metric:${key}`, name: key, title: shortName(key) },
    ...{ group: prefix(key) || "metric", width: 92, align: "right", numeric: true, optional: true },
    value: cell,
    text: (row) => {
      const value = cell(row);
      return value === null ? "" : formatNumber(value, 4, true);
    },
  };
}

/** Text that is compared as a number where it is one. */
function textValue(text: string | null): number | string | null {
  return text === null || text.trim() === "" || Number.isNaN(Number(text)) ? text : Number(text);
}

function paramColumn(key: string, index: number): RunColumn {
  return {
    ...{ kind: "param", id: `param:${key}`, name: key, title: shortName(key) },
    ...{ group: prefix(key) || "parameter", width: 100, optional: true },
    text: (row) => row.params[index] ?? "",
    value: (row) => textValue(row.params[index] ?? null),
  };
}

function tagColumn(key: string, index: number): RunColumn {
  return {
    ...{ kind: "tag", id: `tag:${key}`, name: key, title: shortName(key) },
    ...{ group: prefix(key) || "tag", width: 100, optional: true },
    text: (row) => row.tags[index] ?? "",
    value: (row) => textValue(row.tags[index] ?? null),
  };
}

function shortName(key: string): string {
  return key.slice(key.lastIndexOf("/") + 1);
}

function prefix(key: string): string {
  return key.slice(0, Math.max(0, key.lastIndexOf("/")));
}

/** Where there are very many, the table has those in most use first. */
function byName(keys: readonly string[], make: (key: string, place: number) => RunColumn): RunColumn[] {
  const places = keys.map((key, place) => ({ key, place }));
  places.sort((a, b) => (a.key < b.key ? -1 : 1));
  return places.map(({ key, place }) => make(key, place));
}

/** Every column that a table can have: what a run is, then its metrics, parameters and tags. */
export function runColumns(table: Omit<RunTable, "rows">, context: ColumnContext): RunColumn[] {
  const { front, back } = attributeColumns(context);
  return [
    ...front,
    ...byName(table.metricKeys, metricColumn),
    ...byName(table.paramKeys, paramColumn),
    ...byName(table.tagKeys, tagColumn),
    ...back,
  ];
}
