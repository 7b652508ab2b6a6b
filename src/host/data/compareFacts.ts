import { formatBytes } from "../../shared/bytes.js";
import type { DataFilesResult, DataVersion } from "../../shared/data/api.js";

type File = DataFilesResult["files"][number];

export interface FileDifference {
  path: string;
  kind: "added" | "changed" | "removed";
  a: File | undefined;
  b: File | undefined;
}

/** Which files two states of a folder do not have in common, sorted by path. */
export function differencesOf(a: readonly File[], b: readonly File[]): FileDifference[] {
  const before = new Map(a.map((file) => [file.path, file]));
  const after = new Map(b.map((file) => [file.path, file]));
  const found: FileDifference[] = [];
  for (const path of new Set([...before.keys(), ...after.keys()])) {
    const [own, other] = [before.get(path), after.get(path)];
    if (own?.md5 === other?.md5) continue;
    const kind = own === undefined ? "added" : other === undefined ? "removed" : "changed";
    found.push({ path, kind, a: own, b: other });
  }
  return found.sort((x, y) => (x.path < y.path ? -1 : 1));
}

/** Listed of a folder at most; an editor compares no more in reasonable time. */
const MOST_FILES = 20_000;

/**
 * What is known of a version, a line a fact, so that an editor's own comparison shows what differs.
 * @param version undefined for what lies in the folder now
 */
export function factsOf(files: DataFilesResult, version: DataVersion | undefined): string {
  const size = files.files.reduce((sum, each) => sum + (each.size ?? 0), 0);
  const facts: [string, string][] = [
    ["dataset", files.path],
    ["version", String(files.version ?? "none")],
    ["md5", files.md5],
    ["size", `${formatBytes(size)} (${size.toLocaleString("en-US")} bytes)`],
    ...(files.isFolder ? [["files", files.files.length.toLocaleString("en-US")] as [string, string]] : []),
  ];
  if (version) {
    const { rows, columns, newBytes, recipe, author, time, message, runs } = version;
    if (rows !== null) facts.push(["rows", rows.toLocaleString("en-US")]);
    if (columns !== null) facts.push(["columns", String(columns)]);
    facts.push(["new", `${formatBytes(newBytes)}${recipe === null ? "" : ` (${recipe})`}`]);
    facts.push(["author", author], ["time", new Date(time).toISOString()]);
    facts.push(["message", message], ["runs", String(runs.length)]);
  }
  const lines = facts.map(([name, value]) => `${name.padEnd(10)}${value}`.trimEnd());
  if (!files.isFolder) return `${lines.join("\n")}\n`;
  const listed = [...files.files].sort((a, b) => (a.path < b.path ? -1 : 1)).slice(0, MOST_FILES);
  const more = files.files.length - listed.length;
  return [
    ...lines,
    "",
    ...listed.map(
      (file) => `${file.path}  ${file.md5}  ${file.size === null ? "?" : formatBytes(file.size)}`,
    ),
    ...(more > 0 ? [`and ${more} more`] : []),
    "",
  ].join("\n");
}

/** As Git decides it: a NUL among the first bytes is no text. */
export function looksLikeText(bytes: Uint8Array): boolean {
  return !bytes.subarray(0, 8000).includes(0);
}
