import * as vscode from "vscode";
import { SHOWN_STATES, type ShownState, signOf, stateWord } from "./describeData.js";

const SCHEME = "cairn-state";

/**
 * The address by which a row of the Data view has the icon of its file and the sign of its state. Not the file's own:
 * data is ignored by Git, which would draw it as something that does not matter.
 */
export function stateUri(project: string, path: string, state: ShownState | undefined): vscode.Uri {
  return vscode.Uri.from({ scheme: SCHEME, path: `/${path}`, query: state ?? "", fragment: project });
}

/** Draws badge and colour of the states. */
export class StateDecorations implements vscode.FileDecorationProvider {
  provideFileDecoration(uri: vscode.Uri): vscode.FileDecoration | undefined {
    if (uri.scheme !== SCHEME) return undefined;
    const state = SHOWN_STATES.find((each) => each === uri.query);
    return state && decorationOf(state);
  }
}

export function decorationOf(
  state: ShownState,
  tooltip = stateWord(state, vscode.l10n.t),
): vscode.FileDecoration {
  const { badge, color } = signOf(state);
  return new vscode.FileDecoration(badge, tooltip, new vscode.ThemeColor(color));
}
