import { LitElement } from "lit";
import { property, state } from "lit/decorators.js";
import type { RunPanelData } from "../../src/shared/run/api.js";
import { everyVisible } from "../shared/clock.js";
import { errorState, loadingState } from "../shared/states.js";
import type { RunActions } from "./actions.js";

/** What was captured of a run is written a moment after it starts. */
const AGAIN_MS = 3_000;

/** A tab that asks for its content when it is first seen, and again while it has none and the run goes on. */
export abstract class LoadedPart<Content> extends LitElement {
  @property({ attribute: false }) run: RunPanelData | undefined;
  @property({ attribute: false }) actions: RunActions | undefined;
  @state() protected loaded: Content | null | undefined;
  @state() private failure: unknown;
  private loading = false;
  private clock: { dispose(): void } | undefined;

  protected abstract fetch(actions: RunActions): Promise<Content | null>;
  protected abstract renderLoaded(content: Content): unknown;
  /** Why there is nothing. */
  protected abstract renderNothing(run: RunPanelData): unknown;

  protected override createRenderRoot(): HTMLElement {
    return this;
  }

  override connectedCallback(): void {
    super.connectedCallback();
    this.clock = everyVisible(AGAIN_MS, () => {
      if (this.loaded === null && this.run?.run.info.status === "RUNNING") void this.load();
    });
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.clock?.dispose();
  }

  protected override willUpdate(changes: Map<PropertyKey, unknown>): void {
    if (changes.has("run") && !this.loaded) void this.load();
  }

  private readonly load = async (): Promise<void> => {
    if (!this.actions || this.loading) return;
    this.loading = true;
    try {
      this.loaded = await this.fetch(this.actions);
      this.failure = undefined;
    } catch (error) {
      this.failure = error;
    }
    this.loading = false;
  };

  protected override render(): unknown {
    if (this.failure !== undefined)
      return errorState(this.failure, { label: "Try Again", onClick: () => void this.load() });
    if (this.loaded === undefined || !this.run) return loadingState("Loading");
    return this.loaded === null ? this.renderNothing(this.run) : this.renderLoaded(this.loaded);
  }
}
