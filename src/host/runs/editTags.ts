import * as vscode from "vscode";
import { isUserTag, type KeyValue } from "../../shared/tracking.js";
import type { ProjectConnection } from "../engine/projectConnection.js";
import { type KnownTag, parseTag, tagsOf } from "./tagList.js";

interface TagItem extends vscode.QuickPickItem {
  /** What picking it sets; absent in the item that asks for a name. */
  tag?: KnownTag;
  added?: KeyValue;
}

/** Shows the tags of runs until the person leaves: each can be changed or removed, and others added. */
export async function editTags(project: ProjectConnection, runIds: readonly string[]): Promise<void> {
  for (;;) {
    const runs = await Promise.all(runIds.map((runId) => project.request("run", { runId })));
    const known = tagsOf(runs.map(({ run }) => run.data.tags.filter(({ key }) => isUserTag(key))));
    const change = await pickTag(known, runIds.length);
    if (!change) return;
    await project.request("runTags", { runIds: [...runIds], ...change });
  }
}

interface Change {
  set: KeyValue[];
  remove: string[];
}

async function pickTag(known: readonly KnownTag[], runs: number): Promise<Change | undefined> {
  const pick = vscode.window.createQuickPick<TagItem>();
  pick.title = runs === 1 ? vscode.l10n.t("Tags") : vscode.l10n.t("Tags of {0} runs", runs);
  pick.placeholder = vscode.l10n.t("Type name=value to add a tag; choose one to change it");
  pick.matchOnDescription = true;
  const remove = { iconPath: new vscode.ThemeIcon("trash"), tooltip: vscode.l10n.t("Remove Tag") };
  const items = known.map((tag): TagItem => ({ ...itemOf(tag, runs), tag, buttons: [remove] }));
  pick.items = items;
  try {
    return await new Promise<Change | undefined>((resolve) => {
      pick.onDidChangeValue((text) => {
        const added = parseTag(text);
        const label = `$(add) ${text.trim()}`;
        const description = vscode.l10n.t("add this tag");
        pick.items = added ? [{ label, description, alwaysShow: true, added }, ...items] : items;
      });
      pick.onDidTriggerItemButton(({ item }) => {
        if (item.tag) resolve({ set: [], remove: [item.tag.key] });
      });
      pick.onDidAccept(() => {
        const [item] = pick.selectedItems;
        if (item?.added) resolve({ set: [item.added], remove: [] });
        else if (item?.tag) resolve(askValue(item.tag));
      });
      pick.onDidHide(() => {
        resolve(undefined);
      });
      pick.show();
    });
  } finally {
    pick.dispose();
  }
}

function itemOf(tag: KnownTag, runs: number): vscode.QuickPickItem {
  const [only, ...others] = tag.values;
  const description = others.length === 0 ? (only ?? "") : vscode.l10n.t("{0} values", tag.values.length);
  const partly = tag.runs < runs ? { detail: vscode.l10n.t("on {0} of {1} runs", tag.runs, runs) } : {};
  return { label: tag.key, description, ...partly };
}

async function askValue({ key, values }: KnownTag): Promise<Change | undefined> {
  const title = vscode.l10n.t("Tags");
  const value = await vscode.window.showInputBox({ title, prompt: key, value: values[0] ?? "" });
  return value === undefined ? undefined : { set: [{ key, value }], remove: [] };
}
