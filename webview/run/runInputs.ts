import { html, LitElement, nothing, type PropertyValues } from "lit";
import { customElement, property, state } from "lit/decorators.js";
import type { InputNow } from "../../src/shared/run/api.js";
import { type DatasetInput, INPUT_TAG, type KeyValue, pathOfSource } from "../../src/shared/tracking.js";
import { icon, iconButton } from "../shared/icon.js";
import type { RunActions } from "./actions.js";
import { link, pair } from "./pairs.js";

/** Changes come in bursts: a save, a job, the window turned to. */
const SETTLE_MS = 300;

/** The data that a run read: which version, and whether it is still what the run read. */
@customElement("cairn-run-inputs")
export class RunInputs extends LitElement {
  @property({ attribute: false }) inputs: readonly DatasetInput[] = [];
  @property({ attribute: false }) actions: RunActions | undefined;
  @state() private now: readonly InputNow[] = [];
  private asked = "";
  private timer: ReturnType<typeof setTimeout> | undefined;

  protected override createRenderRoot(): HTMLElement {
    return this;
  }

  override connectedCallback(): void {
    super.connectedCallback();
    window.addEventListener("cairn-data-changed", this.lookAgain);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    window.removeEventListener("cairn-data-changed", this.lookAgain);
    clearTimeout(this.timer);
  }

  protected override willUpdate(changes: PropertyValues<this>): void {
    if (!changes.has("inputs")) return;
    const digests = this.inputs.map(({ dataset }) => dataset.digest).join(" ");
    if (digests === this.asked) return;
    this.asked = digests;
    if (digests !== "") void this.look();
  }

  private readonly lookAgain = (): void => {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => void this.look(), SETTLE_MS);
  };

  private async look(): Promise<void> {
    try {
      this.now = (await this.actions?.request("inputsNow", null, 600_000))?.inputs ?? [];
    } catch {
      // What the run read stands all the same; that it is not compared is seen by its mark being absent.
      this.now = [];
    }
  }

  protected override render(): unknown {
    return this.inputs.map((input) => this.renderInput(input));
  }

  private renderInput({ dataset, tags }: DatasetInput) {
    const { actions } = this;
    if (!actions) return nothing;
    const context = valueOf(tags, INPUT_TAG.context);
    const version = Number(valueOf(tags, INPUT_TAG.version) ?? Number.NaN);
    const now = this.now.find((each) => each.digest === dataset.digest && each.name === dataset.name);
    const local = pathOfSource(dataset);
    const name =
      local === undefined
        ? html`<span title=${dataset.source}>${dataset.name}</span>`
        : link(dataset.name, () => void actions.ask("openData", { source: local }), `Open ${local}`);
    const copy = () => void actions.ask("copyText", { text: dataset.digest });
    return pair(
      context ? `Read: ${context}` : "Read",
      html`${name} ${Number.isNaN(version) ? nothing : this.renderVersion(version, now, actions)}
        <code class="muted" title="Digest">${dataset.digest.slice(0, 10)}</code>
        ${
          valueOf(tags, INPUT_TAG.changed) === "true"
            ? html`<span class="status-failed">changed while it was read</span>`
            : nothing
        }
        ${now ? this.renderNow(now, actions) : nothing}`,
      copy,
      "digest",
    );
  }

  private renderVersion(version: number, now: InputNow | undefined, actions: RunActions) {
    if (!now) return html`<span>version ${version}</span>`;
    const { path } = now;
    return html`${link(
      `version ${version}`,
      () => void actions.ask("revealData", { path, version }),
      `Show version ${version} of ${path} in the Data view`,
    )}
    ${iconButton({
      icon: "go-to-file",
      label: `Open ${path} at version ${version}`,
      onClick: () => void actions.ask("openDataVersion", { path, version }),
    })}`;
  }

  private renderNow({ state, version, path }: InputNow, actions: RunActions) {
    switch (state) {
      case "same":
        return html`<span class="input-state muted">${icon("check")}unchanged</span>`;
      case "missing":
        return html`<span class="input-state input-changed">${icon("warning")}not there any more</span>`;
      case "unknown":
        return html`<span class="input-state muted">cannot be compared</span>`;
      case "changed": {
        const as = version === null ? nothing : showVersion(version, path, actions);
        return html`<span class="input-state input-changed"
          >${icon("diff-modified")}changed since this run${as}</span
        >`;
      }
    }
  }
}

function showVersion(version: number, path: string, actions: RunActions) {
  const show = (): void => void actions.ask("revealData", { path, version });
  return html`: now ${link(`version ${version}`, show, `Show version ${version} of ${path} in the Data view`)}`;
}

function valueOf(tags: readonly KeyValue[], key: string): string | undefined {
  return tags.find((tag) => tag.key === key)?.value;
}
