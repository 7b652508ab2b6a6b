import { setTimeout as delay } from "node:timers/promises";
import { CairnError, toError } from "../../shared/errors.js";
import type { EngineNotifications, EngineRequests, NotificationName } from "../../shared/protocol.js";
import type { RequestName } from "../../shared/protocol.js";
import { connectEngine } from "./connect.js";
import { Listeners } from "./listeners.js";
import type { ConnectOptions, EngineClient, RequestOptions } from "./types.js";

const FIRST_RETRY_MS = 100;
const LAST_RETRY_MS = 15_000;

export interface ReconnectingOptions extends ConnectOptions {
  /** Connected, at first or again; the subscription is already in force. */
  onConnected?: (engine: EngineRequests["hello"]["result"]) => void;
  /** The connection is lost; the next one is being sought. */
  onDisconnected?: () => void;
  /** An attempt failed. Further ones follow by themselves after a connection was lost, else with the next request. */
  onFailure?: (error: Error) => void;
}

/**
 * The engine as the extension host sees it: connects with the first request (or `connect`), finds or starts the next
 * engine when one is lost, and subscribes again.
 */
export class ReconnectingEngine {
  private readonly listeners = new Listeners();
  private readonly ending = new AbortController();
  private client: EngineClient | undefined;
  private connecting: Promise<EngineClient> | undefined;
  /** Set while `connecting` only looks for an engine that runs. */
  private seeking: Promise<EngineClient> | undefined;
  private subscription: EngineRequests["subscribe"]["params"] | undefined;
  private announced = false;

  constructor(private readonly options: ReconnectingOptions) {}

  get connected(): boolean {
    return this.client !== undefined;
  }

  /** Connects unless connected; joins an attempt under way. */
  connect(): Promise<EngineClient> {
    if (this.ending.signal.aborted)
      return Promise.reject(new CairnError("cancelled", "The project was closed."));
    if (this.client) return Promise.resolve(this.client);
    const { start } = this.options;
    // A search for the successor of an engine that was stopped starts none: who needs one now does.
    return this.seeking ? this.seeking.catch(() => this.join(start)) : this.join(start);
  }

  /** As `EngineClient.request`, connecting first. Not repeated when the engine goes away during it. */
  async request<M extends RequestName>(
    method: M,
    params: EngineRequests[M]["params"],
    options?: RequestOptions,
  ): Promise<EngineRequests[M]["result"]> {
    const client = await this.connect();
    return client.request(method, params, options);
  }

  on<N extends NotificationName>(name: N, listener: (params: EngineNotifications[N]) => void): () => void {
    return this.listeners.add(name, listener);
  }

  /** Replaces the subscription, now and after each reconnection. Does not connect by itself. */
  async subscribe(subscription: EngineRequests["subscribe"]["params"]): Promise<void> {
    this.subscription = subscription;
    await this.client?.request("subscribe", subscription);
  }

  dispose(): void {
    this.ending.abort();
    const client = this.client;
    this.client = undefined;
    client?.dispose();
  }

  private join(start: ConnectOptions["start"]): Promise<EngineClient> {
    if (this.connecting) return this.connecting;
    this.connecting = this.open(start).finally(() => {
      this.connecting = undefined;
      this.seeking = undefined;
    });
    if (start === "never") this.seeking = this.connecting;
    return this.connecting;
  }

  private async open(start: ConnectOptions["start"]): Promise<EngineClient> {
    try {
      const client = await connectEngine({
        ...this.options,
        start,
        signal: this.ending.signal,
        onNotification: (name, params) => {
          this.listeners.emit(name, params);
        },
      });
      if (this.subscription) await client.request("subscribe", this.subscription);
      if (this.ending.signal.aborted) client.dispose();
      this.ending.signal.throwIfAborted();
      this.adopt(client);
      return client;
    } catch (error) {
      if (!this.ending.signal.aborted && start !== "never") this.options.onFailure?.(toError(error));
      throw error;
    }
  }

  private adopt(client: EngineClient): void {
    this.client = client;
    this.announced = false;
    client.on("ending", () => {
      this.announced = true;
    });
    client.onClose(() => {
      if (this.client !== client) return;
      this.client = undefined;
      this.options.onDisconnected?.();
      void this.reconnect();
    });
    this.options.onConnected?.(client.engine);
  }

  /**
   * An engine that was killed is replaced; after one that said that it ends (stopped by the user, or for a newer
   * Cairn) only a successor is joined, so that a stopped engine stays away and an old client does not win the race.
   */
  private async reconnect(): Promise<void> {
    let wait = FIRST_RETRY_MS;
    while (!this.ending.signal.aborted && !this.client) {
      try {
        await delay(wait, undefined, { signal: this.ending.signal });
        await this.join(this.announced ? "never" : "ifNeeded");
        return;
      } catch {
        // Reported by `open`.
        wait = Math.min(wait * 2, LAST_RETRY_MS);
      }
    }
  }
}
