import * as vscode from "vscode";
import { Palette } from "./colors.js";

/** The one colour that a run has in every panel, as it fits the current theme. */
export class RunColors implements vscode.Disposable {
  private readonly palette = new Palette();
  private readonly changeEmitter = new vscode.EventEmitter<void>();

  /** Colours moved apart: every panel that shows one of those runs follows. */
  readonly onDidChange = this.changeEmitter.event;

  /** Makes the colours of these runs differ. */
  separate(runIds: readonly string[]): void {
    if (this.palette.separate(runIds).length > 0) this.changeEmitter.fire();
  }

  of(runIds: readonly string[]): Record<string, string> {
    const background = isLight() ? "light" : "dark";
    return Object.fromEntries(runIds.map((runId) => [runId, this.palette.colorOf(runId, background)]));
  }

  dispose(): void {
    this.changeEmitter.dispose();
  }
}

function isLight(): boolean {
  const { kind } = vscode.window.activeColorTheme;
  return kind === vscode.ColorThemeKind.Light || kind === vscode.ColorThemeKind.HighContrastLight;
}
