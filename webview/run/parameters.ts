import { LitElement, html, nothing } from "lit";
import { customElement, property, state } from "lit/decorators.js";
import { repeat } from "lit/directives/repeat.js";
import type { KeyValue } from "../../src/shared/tracking.js";
import { plural } from "../shared/format.js";
import { iconButton } from "../shared/icon.js";
import { searchField } from "../shared/searchField.js";
import { emptyState } from "../shared/states.js";

/** Longer values are shown by their beginning until they are opened. */
const SHORT = 200;

/** A run's parameters: found by name or value, copied, long ones opened. */
@customElement("cairn-parameters")
export class Parameters extends LitElement {
  @property({ attribute: false }) params: KeyValue[] = [];
  @property({ attribute: false }) copy: ((text: string) => void) | undefined;
  @state() private search = "";
  @state() private open = new Set<string>();

  protected override createRenderRoot(): HTMLElement {
    return this;
  }

  protected override render(): unknown {
    if (this.params.length === 0)
      return emptyState({
        icon: "list-unordered",
        title: "No parameters",
        text: "Parameters that the run logs, such as its learning rate, appear here.",
      });
    const wanted = this.search.trim().toLowerCase();
    const shown = this.params.filter(({ key, value }) => `${key}\n${value}`.toLowerCase().includes(wanted));
    const count =
      wanted === "" ? plural(shown.length, "parameter") : `${shown.length} of ${this.params.length}`;
    return html`<div class="tab-bar" role="toolbar" aria-label="Parameters">
        ${searchField({
          hint: "Filter by name or value",
          label: "Filter parameters",
          value: this.search,
          change: (text) => {
            this.search = text;
          },
        })}
        <span class="muted" role="status">${count}</span>
        <span class="grow"></span>
        ${iconButton({
          icon: "copy",
          label: "Copy these parameters as JSON",
          disabled: shown.length === 0,
          onClick: () => {
            const object = Object.fromEntries(shown.map(({ key, value }) => [key, value]));
            this.copy?.(JSON.stringify(object, undefined, 2));
          },
        })}
      </div>
      <dl class="pairs tab-scroll grow" tabindex="0" aria-label="Parameters">
        ${repeat(
          shown,
          ({ key }) => key,
          (param) => this.renderParameter(param),
        )}
        ${shown.length === 0 ? html`<p class="muted">No parameter matches “${this.search}”.</p>` : nothing}
      </dl>`;
  }

  private renderParameter({ key, value }: KeyValue): unknown {
    const long = value.length > SHORT;
    const open = this.open.has(key);
    const text = long && !open ? `${value.slice(0, SHORT)}…` : value;
    return html`<div class="pair parameter">
      <dt class="muted" title=${key}>${key}</dt>
      <dd>
        <span class="value mono">${text}</span>
        ${
          long
            ? iconButton({
                icon: open ? "fold" : "unfold",
                label: `${open ? "Shorten" : "Show all of"} ${key}`,
                onClick: () => {
                  this.toggle(key);
                },
              })
            : nothing
        }
        ${iconButton({ icon: "copy", label: `Copy ${key}`, onClick: () => this.copy?.(value) })}
      </dd>
    </div>`;
  }

  private toggle(key: string): void {
    const open = new Set(this.open);
    if (!open.delete(key)) open.add(key);
    this.open = open;
  }
}
