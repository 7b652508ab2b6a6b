import { LitElement, html } from "lit";
import { customElement, property, state } from "lit/decorators.js";
import { TAG } from "../../src/shared/tracking.js";
import { iconButton } from "../shared/icon.js";
import { refocus } from "../shared/refocus.js";
import type { RunActions } from "./actions.js";

/** A run's note, which can be written here. */
@customElement("cairn-run-note")
export class RunNote extends LitElement {
  @property({ attribute: false }) note = "";
  @property({ attribute: false }) actions: RunActions | undefined;
  /** What is being written; undefined while nothing is. */
  @state() private draft: string | undefined;

  protected override createRenderRoot(): HTMLElement {
    return this;
  }

  private readonly edit = async (): Promise<void> => {
    this.draft = this.note;
    await this.updateComplete;
    this.querySelector("textarea")?.focus();
  };

  private readonly save = async (): Promise<void> => {
    const value = (this.draft ?? "").trimEnd();
    const change =
      value === "" ? { set: [], remove: [TAG.note] } : { set: [{ key: TAG.note, value }], remove: [] };
    if (value === this.note || (await this.actions?.ask("tags", change))) this.close();
  };

  private readonly close = (): void => {
    this.draft = undefined;
    void this.updateComplete.then(() => {
      refocus(this.querySelector("button"));
    });
  };

  private readonly onKey = (event: KeyboardEvent): void => {
    if (event.key === "Escape") this.close();
    else if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) void this.save();
    else return;
    event.preventDefault();
    event.stopPropagation();
  };

  protected override render(): unknown {
    if (this.draft !== undefined) return this.renderEditor(this.draft);
    if (this.note === "")
      return html`<button class="link note-add" type="button" @click=${this.edit}>Add a note</button>`;
    return html`<div class="note">
      <span class="note-text">${this.note}</span>
      ${iconButton({ icon: "edit", label: "Edit the note", onClick: () => void this.edit() })}
    </div>`;
  }

  private renderEditor(draft: string): unknown {
    return html`<div class="note-editor">
      <textarea
        class="input"
        rows="4"
        aria-label="Note"
        placeholder="What this run is about"
        .value=${draft}
        @input=${(event: InputEvent) => {
          this.draft = (event.target as HTMLTextAreaElement).value;
        }}
        @keydown=${this.onKey}
      ></textarea>
      <div class="row">
        <vscode-button @click=${this.save}>Save</vscode-button>
        <vscode-button secondary @click=${this.close}>Cancel</vscode-button>
        <span class="muted">Ctrl+Enter saves, Escape leaves.</span>
      </div>
    </div>`;
  }
}
