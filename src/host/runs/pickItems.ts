import type { EntryInfo } from "../../shared/protocol.js";
import { compareRuns } from "../tree/arrangeRuns.js";
import { describeRun, statusIcon, statusWord, type Translate } from "../tree/describeRun.js";
import type { TreeRun } from "../tree/treeRun.js";

export interface RunItem {
  label: string;
  description: string;
  runId: string;
}

/** Runs to pick from, running ones first, then the newest. */
export function runPickItems(runs: readonly TreeRun[], t: Translate): RunItem[] {
  return [...runs]
    .sort((a, b) => compareRuns(a.row, b.row))
    .map((run) => ({
      label: `$(${statusIcon(run.row.status).icon}) ${run.row.name}`,
      description: [statusWord(run.row.status, t), describeRun(run, t)]
        .filter((part) => part !== "")
        .join(" · "),
      runId: run.row.runId,
    }));
}

export interface EntryItem {
  label: string;
  description: string;
  detail: string;
  entry: EntryInfo;
}

export function entryPickItems(entries: readonly EntryInfo[]): EntryItem[] {
  return entries.map((entry) => ({
    label: entry.name,
    description: entry.source,
    detail: entry.command,
    entry,
  }));
}

export interface ParamItem {
  label: string;
  description?: string;
  detail?: string;
  /** The parameter that is changed; absent in the item that starts the run. */
  param?: string;
}

/** What is shown before an entry is started: starting it, and each parameter with its value, which can be changed. */
export function paramPickItems(entry: EntryInfo, params: Record<string, string>, t: Translate): ParamItem[] {
  const changed = Object.entries(params).filter(([name, value]) => entry.params[name] !== value);
  const summary =
    changed.length === 0
      ? t("with the parameters as they stand in {0}", entry.source)
      : changed.map(([name, value]) => `${name}=${value}`).join(" ");
  return [
    { label: `$(play) ${t("Run {0}", entry.name)}`, detail: summary },
    ...Object.entries(params).map(([name, value]): ParamItem => ({
      label: `$(edit) ${name}`,
      description: value,
      ...(entry.params[name] === value ? {} : { detail: t("was {0}", entry.params[name] ?? "") }),
      param: name,
    })),
  ];
}

/**
 * Splits what was typed into a program and its arguments: spaces separate, quotes keep together, a backslash outside
 * single quotes takes the next character as it is when that is a quote, a space or a backslash (Windows paths survive).
 * Returns undefined when a quote is left open.
 */
export function splitCommand(text: string): string[] | undefined {
  const words: string[] = [];
  let word: string | undefined;
  let quote = "";
  for (let at = 0; at < text.length; at++) {
    const character = text.charAt(at);
    const next = text.charAt(at + 1);
    if (character === "\\" && quote !== "'" && next !== "" && `"' \\`.includes(next)) {
      word = (word ?? "") + next;
      at++;
    } else if (quote !== "") {
      if (character === quote) quote = "";
      else word = (word ?? "") + character;
    } else if (character === '"' || character === "'") {
      quote = character;
      word ??= "";
    } else if (/\s/.test(character)) {
      if (word !== undefined) words.push(word);
      word = undefined;
    } else word = (word ?? "") + character;
  }
  if (quote !== "") return undefined;
  if (word !== undefined) words.push(word);
  return words;
}
