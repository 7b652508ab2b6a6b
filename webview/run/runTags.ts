import { LitElement, html, nothing } from "lit";
import { customElement, property, state } from "lit/decorators.js";
import { repeat } from "lit/directives/repeat.js";
import type { KeyValue } from "../../src/shared/tracking.js";
import { iconButton } from "../shared/icon.js";
import { refocus } from "../shared/refocus.js";
import type { RunActions } from "./actions.js";

/** The tags that users have set; they can be added, changed and removed here. */
@customElement("cairn-run-tags")
export class RunTags extends LitElement {
  @property({ attribute: false }) tags: KeyValue[] = [];
  @property({ attribute: false }) actions: RunActions | undefined;
  @state() private draft: KeyValue | undefined;

  protected override createRenderRoot(): HTMLElement {
    return this;
  }

  private readonly edit = async (tag: KeyValue): Promise<void> => {
    this.draft = { ...tag };
    await this.updateComplete;
    this.querySelector<HTMLInputElement>(tag.key === "" ? ".tag-key" : ".tag-value")?.focus();
  };

  private readonly save = async (): Promise<void> => {
    if (!this.draft) return;
    const tag = { key: this.draft.key.trim(), value: this.draft.value };
    if (tag.key === "") {
      this.querySelector<HTMLInputElement>(".tag-key")?.focus();
      return;
    }
    if (await this.actions?.ask("tags", { set: [tag], remove: [] })) this.close();
  };

  private readonly close = (): void => {
    this.draft = undefined;
    void this.updateComplete.then(() => {
      refocus(this.querySelector(".tag-add"));
    });
  };

  private readonly onKey = (event: KeyboardEvent): void => {
    if (event.key === "Escape") this.close();
    else if (event.key === "Enter") void this.save();
    else return;
    event.preventDefault();
    event.stopPropagation();
  };

  protected override render(): unknown {
    return html`<section class="card">
      <h2>Tags <span class="muted">${this.tags.length}</span></h2>
      <ul class="tags">
        ${repeat(
          this.tags,
          ({ key }) => key,
          (tag) => this.renderTag(tag),
        )}
      </ul>
      ${this.draft ? this.renderEditor(this.draft) : this.renderAdd()}
    </section>`;
  }

  private renderTag(tag: KeyValue): unknown {
    const { key, value } = tag;
    return html`<li class="tag">
      <button
        class="tag-text"
        type="button"
        title=${`${key}: ${value}`}
        aria-label=${`Change tag ${key}, ${value}`}
        @click=${() => void this.edit(tag)}
      >
        <span class="muted">${key}</span>${value === "" ? nothing : html` <span>${value}</span>`}
      </button>
      ${iconButton({
        icon: "close",
        label: `Remove tag ${key}`,
        onClick: () => void this.actions?.ask("tags", { set: [], remove: [key] }),
      })}
    </li>`;
  }

  private renderAdd(): unknown {
    const add = (): void => void this.edit({ key: "", value: "" });
    return html`<button class="link tag-add" type="button" @click=${add}>Add a tag</button>`;
  }

  private renderEditor({ key, value }: KeyValue): unknown {
    const change = (field: keyof KeyValue) => (event: InputEvent) => {
      if (this.draft) this.draft = { ...this.draft, [field]: (event.target as HTMLInputElement).value };
    };
    return html`<div class="row" @keydown=${this.onKey}>
      <input
        class="input tag-key"
        placeholder="Name"
        aria-label="Name of the tag"
        .value=${key}
        @input=${change("key")}
      />
      <input
        class="input tag-value"
        placeholder="Value"
        aria-label="Value of the tag"
        .value=${value}
        @input=${change("value")}
      />
      ${iconButton({ icon: "check", label: "Save tag (Enter)", onClick: () => void this.save() })}
      ${iconButton({ icon: "close", label: "Cancel (Escape)", onClick: this.close })}
    </div>`;
  }
}
