import { LitElement, html } from "lit";
import { customElement, property, state } from "lit/decorators.js";
import type { FileInfo } from "../../../src/shared/tracking.js";
import { everyVisible } from "../../shared/clock.js";
import { emptyState } from "../../shared/states.js";
import type { RunActions } from "../actions.js";
import "./artifactTree.js";
import "./preview.js";

/** How often the files of a run that goes on are listed anew. */
const LIST_MS = 5_000;

/** A run's files, and what is in one of them. */
@customElement("cairn-artifacts-tab")
export class ArtifactsTab extends LitElement {
  @property({ attribute: false }) files: FileInfo[] = [];
  /** Path of the file that is previewed. */
  @property({ attribute: false }) shown: string | undefined;
  @property({ attribute: false }) show: ((path: string) => void) | undefined;
  @property({ attribute: false }) actions: RunActions | undefined;
  /** The run may log more files. */
  @property({ attribute: false }) running = false;
  @state() private latest: FileInfo[] | undefined;
  private clock: { dispose(): void } | undefined;

  override connectedCallback(): void {
    super.connectedCallback();
    this.clock = everyVisible(LIST_MS, () => {
      if (this.running) void this.refresh();
    });
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.clock?.dispose();
  }

  protected override willUpdate(changes: Map<PropertyKey, unknown>): void {
    if (changes.has("files")) this.latest = undefined;
  }

  /** One that fails is tried again soon; the connection's own banner says what is wrong. */
  private async refresh(): Promise<void> {
    try {
      const files = await this.list("");
      if (JSON.stringify(files) !== JSON.stringify(this.latest ?? this.files)) this.latest = files;
    } catch {
      return;
    }
  }

  protected override createRenderRoot(): HTMLElement {
    return this;
  }

  private readonly list = async (path: string): Promise<FileInfo[]> =>
    (await this.actions?.request("listArtifacts", { path }))?.files ?? [];

  private readonly open = (path: string): void => {
    void this.actions?.ask("openArtifact", { path, how: "editor" });
  };

  protected override render(): unknown {
    const files = this.latest ?? this.files;
    if (files.length === 0)
      return emptyState({
        icon: "files",
        title: "No artifacts",
        text: "Files that the run logs appear here.",
      });
    return html`<div class="artifacts">
      <cairn-artifacts
        .files=${files}
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
