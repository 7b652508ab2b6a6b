import { LitElement } from "lit";
import { state } from "lit/decorators.js";
import type { NotificationHandlers, PanelApi } from "../../src/shared/ipc.js";
import { createClient } from "./client.js";
import { banner, errorState, loadingState } from "./states.js";

interface Connection {
  connected: boolean;
  message?: string;
}

/** Notifications that mean the same in every panel. */
type Common = "theme" | "connection";

/** What all panels do: ask the host for their content, show that it comes or why it does not, hear what has changed. */
export abstract class PanelElement<Api extends PanelApi> extends LitElement {
  @state() private failure: unknown;
  @state() protected connection: Connection = { connected: true };

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

  /** Says that what is seen may be old; nothing while the engine can be reached. */
  protected connectionBanner(): unknown {
    const { connected, message } = this.connection;
    if (connected) return undefined;
    return banner(
      "warning",
      message ?? "The engine cannot be reached. What you see is the last known state.",
    );
  }

  protected override render(): unknown {
    if (this.failure !== undefined)
      return errorState(this.failure, { label: "Try Again", onClick: () => void this.load() });
    return this.content() ?? loadingState(this.loading.label, this.loading.rows);
  }
}
