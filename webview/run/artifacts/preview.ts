import { LitElement, html, nothing } from "lit";
import { customElement, property, state } from "lit/decorators.js";
import type { FileInfo } from "../../../src/shared/tracking.js";
import type { RunPanelApi } from "../../../src/shared/run/api.js";
import { toError } from "../../../src/shared/errors.js";
import { formatBytes } from "../../shared/format.js";
import { iconButton } from "../../shared/icon.js";
import { banner, emptyState, errorState, loadingState } from "../../shared/states.js";
import type { RunActions } from "../actions.js";
import "./imageView.js";
import "./jsonTree.js";
import "./lines.js";
import "../../shared/table/index.js";
import { loadPreview, type Preview } from "./loadPreview.js";
import { pageNonce, sandboxedHtml } from "./sandboxedHtml.js";
import { stepsOf } from "./stepImages.js";

type How = RunPanelApi["requests"]["openArtifact"]["params"]["how"];

/** One artifact, as far as it can be shown here. */
@customElement("cairn-preview")
export class ArtifactPreview extends LitElement {
  @property({ attribute: false }) path = "";
  @property({ attribute: false }) actions: RunActions | undefined;
  @property({ attribute: false }) choose: ((path: string) => void) | undefined;
  @state() private shown: Preview | undefined;
  @state() private failure: unknown;
  @state() private loading = false;
  @state() private source = false;
  @state() private siblings: string[] = [];
  private current: AbortController | undefined;
  private audio = "";
  private folder: string | undefined;

  protected override createRenderRoot(): HTMLElement {
    return this;
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.current?.abort();
    URL.revokeObjectURL(this.audio);
  }

  protected override willUpdate(changes: Map<PropertyKey, unknown>): void {
    if (changes.has("path")) {
      this.source = false;
      void this.load();
    }
  }

  private readonly load = async (): Promise<void> => {
    const { actions, path } = this;
    this.current?.abort();
    if (!actions || path === "") return;
    const { signal } = (this.current = new AbortController());
    this.failure = undefined;
    this.loading = true;
    try {
      const shown = await loadPreview(actions, path, signal);
      if (shown.kind === "image") await this.listSiblings(actions, path);
      if (signal.aborted) return;
      URL.revokeObjectURL(this.audio);
      this.audio = shown.kind === "audio" ? URL.createObjectURL(shown.blob) : "";
      this.shown = shown;
    } catch (error) {
      if (signal.aborted) return;
      this.shown = undefined;
      this.failure = error;
    }
    this.loading = false;
  };

  /** For the slider over the steps. */
  private async listSiblings(actions: RunActions, path: string): Promise<void> {
    const folder = path.slice(0, Math.max(0, path.lastIndexOf("/")));
    if (folder === this.folder && this.siblings.includes(path)) return;
    const { files } = await actions.request("listArtifacts", { path: folder });
    this.folder = folder;
    this.siblings = files.filter((file: FileInfo) => !file.isDir).map((file) => file.path);
  }

  private readonly open = (how: How): void => {
    void this.actions?.ask("openArtifact", { path: this.path, how });
  };

  protected override render(): unknown {
    const name = this.path.slice(this.path.lastIndexOf("/") + 1);
    return html`<div class="tab-bar" role="toolbar" aria-label="Artifact">
        <span class="clip grow" title=${this.path}
          ><strong>${name}</strong>
          <span class="muted">${this.shown ? formatBytes(this.shown.size) : ""}</span></span
        >
        ${this.shown?.kind === "html" ? this.renderSourceButton() : nothing}
        ${this.button("refresh", "Load again", () => void this.load())}
        ${this.button("go-to-file", "Open in the editor", () => {
          this.open("editor");
        })}
        ${this.button("save-as", "Save as…", () => {
          this.open("saveAs");
        })}
        ${this.button("folder-opened", "Show in the file explorer", () => {
          this.open("reveal");
        })}
      </div>
      <div class="preview-body grow" aria-busy=${this.loading}>${this.renderBody(name)}</div>`;
  }

  private button(name: string, label: string, onClick: () => void): unknown {
    return iconButton({ icon: name, label, onClick });
  }

  private renderSourceButton(): unknown {
    return iconButton({
      icon: "code",
      label: "Show the source",
      pressed: this.source,
      onClick: () => {
        this.source = !this.source;
      },
    });
  }

  private renderBody(name: string): unknown {
    const { shown } = this;
    if (this.failure !== undefined)
      return errorState(this.failure, { label: "Try Again", onClick: () => void this.load() });
    if (!shown) return loadingState("Loading the file");
    switch (shown.kind) {
      case "image":
        return html`<cairn-image
          .source=${shown.blob}
          .name=${name}
          .path=${shown.path}
          .steps=${stepsOf(shown.path, this.siblings)}
          .choose=${this.choose}
        ></cairn-image>`;
      case "audio":
        return html`<div class="audio">
          <audio controls src=${this.audio} aria-label=${name} @error=${this.onAudioError}></audio>
        </div>`;
      case "json":
        return html`<cairn-json .value=${shown.value}></cairn-json>`;
      case "table":
        return html`<cairn-table .source=${shown.rows} .label=${`Rows of ${name}`}></cairn-table>`;
      case "html":
        return this.source ? textView(shown.source, name) : htmlView(shown.source, name);
      case "text":
        return html`${shown.notice === undefined ? nothing : this.renderNotice(shown.notice)}
        ${textView(shown.text, name)}`;
      case "none":
        return this.renderNone(shown.title, shown.text);
    }
  }

  private readonly onAudioError = (): void => {
    this.failure = toError(
      "This sound cannot be played: the file is broken, or of a type that the editor lacks.",
    );
  };

  private renderNotice(text: string): unknown {
    const onClick = (): void => {
      this.open("editor");
    };
    return banner("info", text, { label: "Open in the editor", onClick });
  }

  private renderNone(title: string, text: string): unknown {
    const onClick = (): void => {
      this.open("openWith");
    };
    return emptyState({ icon: "file-binary", title, text, step: { label: "Open With…", onClick } });
  }
}

function textView(text: string, name: string): unknown {
  const lines = text.split(/\r\n|\n|\r/);
  if (lines.length > 1 && lines.at(-1) === "") lines.pop();
  if (text === "") return emptyState({ icon: "file", title: "Empty", text: "This file has nothing in it." });
  return html`<cairn-lines
    .count=${lines.length}
    .line=${(index: number) => cut(lines[index] ?? "")}
    .label=${name}
    .numbered=${true}
  ></cairn-lines>`;
}

/** A line of megabytes would take the browser seconds to lay out. */
function cut(line: string): string {
  return line.length > 5_000 ? `${line.slice(0, 5_000)}…` : line;
}

/** No scripts, no forms, no network, no way out: neither the sandbox nor the policy gives any. */
function htmlView(source: string, name: string): unknown {
  return html`<iframe
    class="html-frame"
    sandbox=""
    referrerpolicy="no-referrer"
    title=${name}
    .srcdoc=${sandboxedHtml(source, pageNonce())}
  ></iframe>`;
}
