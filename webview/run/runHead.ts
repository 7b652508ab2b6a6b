import { LitElement, html, nothing } from "lit";
import { customElement, property, state } from "lit/decorators.js";
import type { RunPanelData } from "../../src/shared/run/api.js";
import { TAG } from "../../src/shared/tracking.js";
import { everyVisible } from "../shared/clock.js";
import { formatDuration } from "../shared/format.js";
import { iconButton } from "../shared/icon.js";
import { refocus } from "../shared/refocus.js";
import { statusIcon, statusLabel } from "../shared/status.js";
import type { RunActions } from "./actions.js";

/** The run's name and state, and what can be done with it. */
@customElement("cairn-run-head")
export class RunHead extends LitElement {
  @property({ attribute: false }) data: RunPanelData | undefined;
  @property({ attribute: false }) actions: RunActions | undefined;
  @state() private renaming = false;
  @state() private stopping = false;
  @state() private now = Date.now();
  private clock: { dispose(): void } | undefined;

  protected override createRenderRoot(): HTMLElement {
    return this;
  }

  override connectedCallback(): void {
    super.connectedCallback();
    this.clock = everyVisible(1_000, () => {
      if (this.data?.run.info.status === "RUNNING") this.now = Date.now();
    });
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.clock?.dispose();
  }

  private readonly stop = async (): Promise<void> => {
    this.stopping = true;
    await this.actions?.ask("stop", null);
    this.stopping = false;
  };

  private readonly startRenaming = async (): Promise<void> => {
    this.renaming = true;
    await this.updateComplete;
    this.querySelector<HTMLInputElement>(".run-rename")?.select();
  };

  private readonly onNameKey = (event: KeyboardEvent): void => {
    if (event.key === "Enter") void this.rename((event.target as HTMLInputElement).value);
    else if (event.key === "Escape") this.stopRenaming();
    else return;
    event.preventDefault();
  };

  private async rename(text: string): Promise<void> {
    const name = text.trim();
    if (name !== "" && name !== this.data?.run.info.runName)
      await this.actions?.ask("tags", { set: [{ key: TAG.runName, value: name }], remove: [] });
    this.stopRenaming();
  }

  private stopRenaming(): void {
    this.renaming = false;
    void this.updateComplete.then(() => {
      refocus(this.querySelector(".icon-button[aria-label='Rename']"));
    });
  }

  protected override render(): unknown {
    if (!this.data) return nothing;
    const { run, row, experimentName, color } = this.data;
    const { info } = run;
    const running = info.status === "RUNNING";
    const duration = formatDuration((info.endTime ?? this.now) - info.startTime);
    return html`<header class="run-head">
      ${statusIcon(info.status)}<cairn-swatch .color=${color}></cairn-swatch>
      ${this.renderName(info.runName)}
      <span class="muted clip run-state"
        >${statusLabel(info.status)} ·
        ${running || info.endTime !== null ? `${duration} · ` : ""}${experimentName}</span
      >
      ${row.launched ? this.renderActions(running) : nothing}
    </header>`;
  }

  private renderName(name: string): unknown {
    if (this.renaming)
      return html`<input
        class="input run-rename"
        aria-label="Name of the run"
        maxlength="5000"
        .value=${name}
        @keydown=${this.onNameKey}
        @blur=${() => {
          this.renaming = false;
        }}
      />`;
    const starred = this.data?.run.data.tags.some(({ key, value }) => key === TAG.star && value === "true");
    return html`<h1>${name}</h1>
      <span class="run-marks"
        >${iconButton({ icon: "edit", label: "Rename", onClick: () => void this.startRenaming() })}
        ${iconButton({
          icon: starred ? "star-full" : "star-empty",
          label: "Star",
          pressed: starred ?? false,
          onClick: () => void this.star(!starred),
        })}</span
      >`;
  }

  private star(on: boolean): Promise<boolean> | undefined {
    const set = on ? [{ key: TAG.star, value: "true" }] : [];
    return this.actions?.ask("tags", { set, remove: on ? [] : [TAG.star] });
  }

  private renderActions(running: boolean): unknown {
    const again = (changes: boolean) => () => void this.actions?.ask("runAgain", { changes });
    const stop = {
      icon: "debug-stop",
      label: this.stopping ? "Stopping…" : "Stop",
      disabled: this.stopping,
      onClick: () => void this.stop(),
    };
    const actions = [
      ...(running ? [stop] : []),
      { icon: "debug-rerun", label: "Run Again", onClick: again(false) },
      { icon: "settings", label: "Run Again with Changes…", onClick: again(true) },
    ];
    // The style sheet shows one of them, by the panel's width.
    return html`<span class="run-actions labelled">
        ${actions.map(
          ({ icon, label, onClick, ...more }) =>
            html`<vscode-button
              secondary
              icon=${icon}
              ?disabled=${"disabled" in more && more.disabled}
              @click=${onClick}
              >${label}</vscode-button
            >`,
        )}
      </span>
      <span class="run-actions">${actions.map((action) => iconButton(action))}</span>`;
  }
}
