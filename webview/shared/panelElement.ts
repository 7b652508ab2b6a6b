import { LitElement, html } from "lit";
import { state } from "lit/decorators.js";
import { CairnError, toError } from "../../src/shared/errors.js";
import type { NotificationHandlers, PanelApi } from "../../src/shared/ipc.js";
import { createClient } from "./client.js";
import { banner, errorState, loadingState } from "./states.js";

/** What has happened, over the content: with a button to try again, else with one to dismiss it. */
interface Notice {
  kind: "error" | "info";
  text: string;
  retry?: (() => void) | undefined;
}

interface Connection {
  connected: boolean;
  message?: string;
}

/** Notifications that mean the same in every panel. */
type Common = "theme" | "connection";

/** What all panels do: ask the host for their content, show that it comes or why it does not, hear what has changed. */
export abstract class PanelElement<Api extends PanelApi> extends LitElement {
  @state() private failure: unknown;
  @state() private connection: Connection = { connected: true };
  @state() protected notice: Notice | undefined;

  protected readonly client = createClient<Api>();
  /** Disposed when the panel leaves the page. */
  protected readonly disposables: { dispose(): void }[] = [];

  /** Shown while there is no content: what is loading, and how many lines it will have about. */
  protected abstract readonly loading: { label: string; rows: number };
  protected abstract listeners(): Omit<NotificationHandlers<Api>, Common>;
  /** Asks the host for the content; what it throws is shown, with a button to try again. */
  protected abstract init(): Promise<void>;
  /** Undefined as long as there is nothing to show. */
  protected abstract content(): unknown;

  /** The engine can be reached again. */
  protected reconnected(): void {
    void this.load();
  }

  protected override createRenderRoot(): HTMLElement {
    this.classList.add("panel");
    return this;
  }

  override connectedCallback(): void {
    super.connectedCallback();
    const common: Record<Common, (params: never) => void> = {
      theme: () => {
        this.requestUpdate();
      },
      connection: (connection: Connection) => {
        const back = connection.connected && !this.connection.connected;
        this.connection = connection;
        if (back) this.reconnected();
      },
    };
    this.client.listen({ ...common, ...this.listeners() } as NotificationHandlers<Api>);
    void this.load();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    for (const item of this.disposables.splice(0)) item.dispose();
  }

  protected async load(): Promise<void> {
    this.failure = undefined;
    try {
      await this.init();
    } catch (error) {
      this.failure = error;
    }
  }

  /** Shows what went wrong, with its hint. */
  failed(thrown: unknown, retry?: () => void): void {
    const error = toError(thrown);
    const hint = error instanceof CairnError ? error.hint : undefined;
    this.notice = {
      kind: "error",
      text: hint === undefined ? error.message : `${error.message} ${hint}`,
      retry,
    };
  }

  /** Above the content: that what is seen may be old, and what has happened. */
  protected banners(): unknown {
    const { connected, message } = this.connection;
    const { notice } = this;
    const old = message ?? "The engine cannot be reached. What you see is the last known state.";
    const step = {
      label: notice?.retry ? "Try Again" : "Dismiss",
      onClick: () => {
        this.notice = undefined;
        notice?.retry?.();
      },
    };
    return html`${connected ? undefined : banner("warning", old)}
    ${notice ? banner(notice.kind, notice.text, step) : undefined}`;
  }

  protected override render(): unknown {
    if (this.failure !== undefined)
      return errorState(this.failure, { label: "Try Again", onClick: () => void this.load() });
    return this.content() ?? loadingState(this.loading.label, this.loading.rows);
  }
}
