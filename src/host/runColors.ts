import * as vscode from "vscode";
import { Palette } from "./colors.js";

const CHOSEN = "cairn.runColors";

/** The one colour that a run has in every panel, as it fits the current theme. */
export class RunColors implements vscode.Disposable {
  private readonly chosen: Map<string, number>;
  private readonly palette: Palette;
  private readonly changeEmitter = new vscode.EventEmitter<void>();

  /** Colours moved apart or were chosen: every panel that shows one of those runs follows. */
  readonly onDidChange = this.changeEmitter.event;

  constructor(private readonly memory: vscode.Memento) {
    this.chosen = new Map(Object.entries(memory.get<Record<string, number>>(CHOSEN, {})));
    this.palette = new Palette(this.chosen);
  }

  /** Makes the colours of these runs differ. */
  separate(runIds: readonly string[]): void {
    if (this.palette.separate(runIds).length > 0) this.changeEmitter.fire();
  }

  of(runIds: readonly string[]): Record<string, string> {
    const background = isLight() ? "light" : "dark";
    return Object.fromEntries(runIds.map((runId) => [runId, this.palette.colorOf(runId, background)]));
  }

  /** The colours that a run can be given, each at its place. */
  get all(): string[] {
    return Palette.colors(isLight() ? "light" : "dark");
  }

  /** Gives a run the colour at a place of `all`, and keeps it; null gives back its own. */
  async choose(runId: string, place: number | null): Promise<void> {
    this.palette.choose(runId, place);
    this.changeEmitter.fire();
    await this.memory.update(CHOSEN, Object.fromEntries(this.chosen));
  }

  dispose(): void {
    this.changeEmitter.dispose();
  }
}

function isLight(): boolean {
  const { kind } = vscode.window.activeColorTheme;
  return kind === vscode.ColorThemeKind.Light || kind === vscode.ColorThemeKind.HighContrastLight;
}
