import { formatBytes } from "../../shared/bytes.js";
import type { DataState, DataStatus, DataVersion } from "../../shared/data/api.js";
import { describeDuration } from "../../shared/duration.js";
import { escapeMarkdown, type Translate } from "../tree/describeRun.js";
import type { DataItem } from "./dataNodes.js";

/** How a dataset stands, where that is worth a sign. `remote`: its content is not on this machine. */
export type ShownState = Exclude<DataState, "unchanged"> | "remote";

const SIGNS: Record<ShownState, { badge: string; color: string }> = {
  modified: { badge: "M", color: "gitDecoration.modifiedResourceForeground" },
  missing: { badge: "!", color: "gitDecoration.deletedResourceForeground" },
  noPointer: { badge: "?", color: "gitDecoration.untrackedResourceForeground" },
  broken: { badge: "!!", color: "list.errorForeground" },
  remote: { badge: "R", color: "gitDecoration.submoduleResourceForeground" },
};

export const SHOWN_STATES = Object.keys(SIGNS) as ShownState[];

/** Badge and theme colour of a state, as VS Code's own source control has them. */
export function signOf(state: ShownState): { badge: string; color: string } {
  return SIGNS[state];
}

/** Nothing for data that is as its pointer says and can be restored. */
export function shownState(status: Pick<DataStatus, "state" | "stored" | "md5">): ShownState | undefined {
  const { state, stored, md5 } = status;
  if ((state === "unchanged" || state === "missing") && md5 !== null && !stored) return "remote";
  return state === "unchanged" ? undefined : state;
}

/** A sentence for a state; `is there`: the file lies in the folder all the same. */
export function explainState(status: DataStatus, t: Translate): string {
  switch (shownState(status)) {
    case "modified":
      return t("Modified since its version was added");
    case "missing":
      return t("Not checked out: only the pointer is here");
    case "noPointer":
      return t("Its pointer is gone");
    case "broken":
      return status.problem ?? t("The pointer cannot be read");
    case "remote":
      return status.state === "missing"
        ? t("The content is not on this machine")
        : t("The content is here only as this file: it is not in the store");
    case undefined:
      return t("Unchanged");
  }
}

/** What stands behind a dataset's name: folder, state in a word, version, size. */
export function describeDataset({ path, summary, status }: DataItem, t: Translate): string {
  const folder = path.slice(0, Math.max(0, path.lastIndexOf("/")));
  const number = status?.version ?? summary?.version;
  const size = status?.size ?? summary?.size;
  const state = status && shownState(status);
  return [
    ...(state === undefined ? [] : [stateWord(state, t)]),
    ...(number === undefined ? [] : [`v${number}`]),
    ...(size === undefined ? [] : [formatBytes(size)]),
    ...(folder === "" ? [] : [folder]),
  ].join(" · ");
}

export function stateWord(state: ShownState, t: Translate): string {
  switch (state) {
    case "modified":
      return t("modified");
    case "missing":
      return t("not checked out");
    case "noPointer":
      return t("no pointer");
    case "broken":
      return t("broken pointer");
    case "remote":
      return t("not stored here");
  }
}

/** The tooltip as Markdown; all that is the user's is escaped. */
export function datasetTooltip(item: DataItem, t: Translate): string {
  const { path, summary, status } = item;
  const lines = [`**${escapeMarkdown(path)}**`];
  if (status) {
    lines.push(escapeMarkdown(explainState(status, t)) + changesOf(status, t));
    if (status.pointer !== `${path}.dvc`) lines.push(t("Tracked by {0}", escapeMarkdown(status.pointer)));
  }
  if (!summary) return lines.join("\n\n");
  const rows: [string, string][] = [
    [t("Versions"), String(summary.versions)],
    [t("Newest"), `v${summary.version} ${summary.message}`.trim()],
    [t("Size"), formatBytes(summary.size)],
    ...filesRow(summary.files, t),
    ...tableRow(summary, t),
    [t("All versions stored in"), formatBytes(summary.storedBytes)],
    [t("Author"), nameOf(summary.author)],
    [t("Time"), new Date(summary.time).toLocaleString()],
  ];
  return [...lines, tableOf(rows)].join("\n\n");
}

export function versionLabel({ version, md5 }: Pick<DataVersion, "version" | "md5">): string {
  return version === null ? md5.slice(0, 8) : `v${version}`;
}

/** What stands behind a version's number: its message, size and what it added, rows and columns, age. */
export function describeVersion(version: DataVersion, now: number, t: Translate): string {
  const { message, size, newBytes, rows, columns, stored, time } = version;
  return [
    ...(message.trim() === "" ? [] : [firstLine(message)]),
    ...(stored ? [] : [t("not stored here")]),
    formatBytes(size),
    ...(version.version === null ? [] : [`+${formatBytes(newBytes)}`]),
    ...(rows === null ? [] : [dimensions(rows, columns)]),
    t("{0} ago", describeDuration(now - time)),
  ].join(" · ");
}

/** @param isPointed the pointer of the dataset names this version */
export function versionTooltip(version: DataVersion, isPointed: boolean, t: Translate): string {
  const { md5, size, files, author, time, newBytes, recipe, baselineBytes, packed, stored, commits } =
    version;
  const title = `**${escapeMarkdown(version.path)}** ${versionLabel(version)}`;
  const lines = [isPointed ? `${title} — ${t("what the pointer names")}` : title];
  if (version.message.trim() !== "") lines.push(escapeMarkdown(version.message));
  if (!stored) lines.push(t("The content is not on this machine."));
  const how = packed ? recipe : t("to be packed");
  const alone = baselineBytes === null ? "" : ` (${t("zstd alone: {0}", formatBytes(baselineBytes))})`;
  const rows: [string, string][] = [
    [t("Size"), formatBytes(size)],
    ...filesRow(files, t),
    ...tableRow(version, t),
    ...(version.version === null
      ? []
      : [
          [t("New"), `${formatBytes(newBytes)}${how === null ? "" : `, ${how}`}${alone}`] as [string, string],
        ]),
    [t("Author"), nameOf(author)],
    [t("Time"), new Date(time).toLocaleString()],
    [t("Runs"), String(version.runs.length)],
    ["MD5", md5],
  ];
  lines.push(tableOf(rows));
  for (const { commit, subject } of commits.slice(0, 3))
    lines.push(`$(git-commit) \`${commit.slice(0, 8)}\` ${escapeMarkdown(subject)}`);
  if (commits.length > 3) lines.push(t("and {0} more", commits.length - 3));
  return lines.join("\n\n");
}

/** Rows × columns, as far as they are known. */
export function dimensions(rows: number, columns: number | null): string {
  const count = rows.toLocaleString("en-US");
  return columns === null ? `${count} ×` : `${count} × ${columns}`;
}

function changesOf({ added, changed, removed }: DataStatus, t: Translate): string {
  const counts = [
    ...(added.length > 0 ? [t("{0} added", added.length)] : []),
    ...(changed.length > 0 ? [t("{0} changed", changed.length)] : []),
    ...(removed.length > 0 ? [t("{0} removed", removed.length)] : []),
  ];
  return counts.length === 0 ? "" : `: ${counts.join(", ")}`;
}

function filesRow(files: number | null, t: Translate): [string, string][] {
  return files === null ? [] : [[t("Files"), files.toLocaleString("en-US")]];
}

function tableRow(of: { rows: number | null; columns: number | null }, t: Translate): [string, string][] {
  return of.rows === null ? [] : [[t("Rows × columns"), dimensions(of.rows, of.columns)]];
}

function tableOf(rows: [string, string][]): string {
  return [
    "| | |",
    "| :-- | :-- |",
    ...rows.map(([name, value]) => `| ${name.replaceAll(" ", "&nbsp;")} | ${escapeMarkdown(value)} |`),
  ].join("\n");
}

/** Of `Name <address>`. */
function nameOf(author: string): string {
  return author.replace(/ <[^>]*>$/, "");
}

function firstLine(text: string): string {
  return text.trim().split("\n")[0] ?? "";
}
