import { LitElement, html } from "lit";
import { customElement, property } from "lit/decorators.js";
import type { FileInfo } from "../../../src/shared/tracking.js";
import { emptyState } from "../../shared/states.js";
import type { RunActions } from "../actions.js";
import "./artifactTree.js";
import "./preview.js";

/** A run's files, and what is in one of them. */
@customElement("cairn-artifacts-tab")
export class ArtifactsTab extends LitElement {
  @property({ attribute: false }) files: FileInfo[] = [];
  /** Path of the file that is previewed. */
  @property({ attribute: false }) shown: string | undefined;
  @property({ attribute: false }) show: ((path: string) => void) | undefined;
  @property({ attribute: false }) actions: RunActions | undefined;

  protected override createRenderRoot(): HTMLElement {
    return this;
  }

  private readonly list = async (path: string): Promise<FileInfo[]> =>
    (await this.actions?.request("listArtifacts", { path }))?.files ?? [];

  private readonly open = (path: string): void => {
    void this.actions?.ask("openArtifact", { path, how: "editor" });
  };

  protected override render(): unknown {
    if (this.files.length === 0)
      return emptyState({
        icon: "files",
        title: "No artifacts",
        text: "Files that the run logs appear here.",
      });
    return html`<div class="artifacts">
      <cairn-artifacts
        .files=${this.files}
        .shown=${this.shown}
        .list=${this.list}
        .show=${this.show}
        .open=${this.open}
      ></cairn-artifacts>
      ${
        this.shown === undefined
          ? html`<div class="preview">
              ${emptyState({ icon: "file", title: "No file chosen", text: "Choose a file to see what is in it." })}
            </div>`
          : html`<cairn-preview
              class="preview"
              .path=${this.shown}
              .actions=${this.actions}
              .choose=${this.show}
            ></cairn-preview>`
      }
    </div>`;
  }
}
