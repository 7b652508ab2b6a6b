import { open } from "node:fs/promises";
import * as vscode from "vscode";
import type { DataFilesResult, DataVersion } from "../../shared/data/api.js";
import {
  chooseVersion,
  type DataServices,
  isVersionNode,
  targetOf,
  type VersionRef,
  versionPickItem,
} from "./chooseData.js";
import { differencesOf, factsOf, type FileDifference, looksLikeText } from "./compareFacts.js";
import { dataJob } from "./dataJob.js";
import { uriOfData } from "./dataPlace.js";
import { versionLabel } from "./describeData.js";
import { EDITOR_MAX } from "./openVersion.js";
import { versionUri } from "./versionUri.js";

type File = DataFilesResult["files"][number];

/** One of the two: a version, or what lies in the folder now. */
interface Side {
  label: string;
  version: DataVersion | undefined;
  files: DataFilesResult;
}

interface Comparison {
  base: VersionRef;
  a: Side;
  b: Side;
}

/** Compares two versions, or one with what is there now, in VS Code's own diff. */
export async function compareVersions(host: DataServices, given: unknown, selection: unknown): Promise<void> {
  const title = vscode.l10n.t("Cairn: Compare Data Versions");
  const selected = Array.isArray(selection) ? selection.filter(isVersionNode) : [];
  const [first, second] = selected.length === 2 ? selected : [given, undefined];
  const base = await chooseVersion(host, first, title, ({ stored }) => stored);
  const other =
    second === undefined
      ? await pickOther(host, base, title)
      : (await chooseVersion(host, second, title)).version;
  const sides = [await sideOf(base, base.version), await sideOf(base, other)] as const;
  const [a, b] = isOlder(sides[1].version, sides[0].version) ? [sides[1], sides[0]] : sides;
  if (a.files.md5 === b.files.md5) {
    void vscode.window.showInformationMessage(
      vscode.l10n.t("{0} and {1} have the same content.", a.label, b.label),
    );
    return;
  }
  const comparison = { base, a, b };
  if (!a.files.isFolder && !b.files.isFolder)
    await compareFiles(comparison, a.files.files[0], b.files.files[0]);
  else await compareFolders(comparison);
}

/** The older one stands on the left; what is there now on the right. */
function isOlder(a: DataVersion | undefined, b: DataVersion | undefined): boolean {
  return a !== undefined && (b === undefined || a.time < b.time);
}

async function pickOther(
  host: DataServices,
  base: VersionRef,
  title: string,
): Promise<DataVersion | undefined> {
  const versions = await host.data.of(base.project).versions(base.path);
  const others = versions.filter(
    (each) => each.stored && each !== base.version && each.md5 !== base.version.md5,
  );
  const items = [
    { label: `$(file) ${vscode.l10n.t("As it is now")}`, description: base.path, version: undefined },
    ...others.map(versionPickItem),
  ];
  const picked = await vscode.window.showQuickPick(items, {
    title,
    placeHolder: vscode.l10n.t("Compare {0} {1} with…", base.path, versionLabel(base.version)),
    matchOnDescription: true,
  });
  if (!picked) throw new vscode.CancellationError();
  return picked.version;
}

async function sideOf(base: VersionRef, version: DataVersion | undefined): Promise<Side> {
  const params = version ? { target: targetOf({ ...base, version }) } : { target: base.path, now: true };
  const files = await dataJob(base.project, "dataFiles", params);
  return { label: version ? versionLabel(version) : vscode.l10n.t("now"), version, files };
}

async function compareFiles(
  { base, a, b }: Comparison,
  ofA: File | undefined,
  ofB: File | undefined,
): Promise<void> {
  const inside = (ofA ?? ofB)?.path ?? "";
  const name = inside === "" ? base.path : inside;
  const title = `${name.slice(name.lastIndexOf("/") + 1)} (${a.label} ↔ ${b.label})`;
  const isSmall = [ofA, ofB].every((file) => (file?.size ?? 0) <= EDITOR_MAX);
  const uris = isSmall ? [await contentOf(base, a, ofA), await contentOf(base, b, ofB)] : [];
  const [left, right] = uris.every((uri) => uri !== undefined) ? uris : [];
  await vscode.commands.executeCommand(
    "vscode.diff",
    left ?? factsUri(base, a, ofA),
    right ?? factsUri(base, b, ofB),
    title,
    { preview: true },
  );
}

/** The address of a file's content; undefined for what is no text. */
async function contentOf(base: VersionRef, { label, version, files }: Side, file: File | undefined) {
  const inside = files.isFolder && file ? { file: file.path } : {};
  if (!file) return versionUri(base.project, label, { target: `${base.path}@`, text: "" });
  if (!version) {
    const uri = uriOfData(base.project, files.isFolder ? `${base.path}/${file.path}` : base.path);
    return (await isText(uri.fsPath)) ? uri : undefined;
  }
  const params = { target: targetOf({ ...base, version }), ...inside };
  const { file: restored } = await dataJob(base.project, "dataExtract", params);
  return (await isText(restored)) ? versionUri(base.project, label, params) : undefined;
}

async function isText(path: string): Promise<boolean> {
  const file = await open(path, "r");
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(8000), 0, 8000, 0);
    return looksLikeText(buffer.subarray(0, bytesRead));
  } finally {
    await file.close();
  }
}

/** What is known instead of the content: sizes, rows, columns, how it is stored; of one file of a folder that alone. */
function factsUri(base: VersionRef, { label, version, files }: Side, file: File | undefined): vscode.Uri {
  const of = files.isFolder
    ? { ...files, isFolder: false, md5: file?.md5 ?? "-", files: file ? [file] : [] }
    : files;
  const text = factsOf(of, files.isFolder ? undefined : version);
  return versionUri(base.project, label, { target: `${base.path}.txt@`, text });
}

interface DifferenceItem extends vscode.QuickPickItem {
  difference?: FileDifference;
}

async function compareFolders(comparison: Comparison): Promise<void> {
  const { base, a, b } = comparison;
  const differences = differencesOf(a.files.files, b.files.files);
  const icons = { added: "diff-added", changed: "diff-modified", removed: "diff-removed" };
  const items: DifferenceItem[] = [
    { label: `$(list-flat) ${vscode.l10n.t("All {0} differences as lists", differences.length)}` },
    ...differences.map((difference) => ({
      label: `$(${icons[difference.kind]}) ${difference.path}`,
      description: wordOf(difference.kind),
      difference,
    })),
  ];
  const picked = await vscode.window.showQuickPick(items, {
    title: `${base.path} (${a.label} ↔ ${b.label})`,
    placeHolder: vscode.l10n.t("A file to compare"),
    matchOnDescription: true,
  });
  if (!picked) throw new vscode.CancellationError();
  if (picked.difference) {
    await compareFiles(comparison, picked.difference.a, picked.difference.b);
    return;
  }
  const lists = [a, b].map(({ label, version, files }) =>
    versionUri(base.project, label, { target: `${base.path}.txt@`, text: factsOf(files, version) }),
  );
  const title = `${base.path} (${a.label} ↔ ${b.label})`;
  await vscode.commands.executeCommand("vscode.diff", ...lists, title, { preview: true });
}

function wordOf(kind: FileDifference["kind"]): string {
  if (kind === "added") return vscode.l10n.t("added");
  return kind === "changed" ? vscode.l10n.t("changed") : vscode.l10n.t("removed");
}
