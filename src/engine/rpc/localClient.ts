import { CairnError } from "../../shared/errors.js";
import type { ClientKind, EngineNotifications, EngineRequests } from "../../shared/protocol.js";
import type { NotificationName, RequestName, WindowState } from "../../shared/protocol.js";
import { Listeners } from "../client/listeners.js";
import type { EngineClient, RequestOptions } from "../client/types.js";
import type { Handlers } from "../handlers/types.js";
import type { Audience, Member } from "./audience.js";
import { dispatch } from "./dispatch.js";
import { Feed, type FeedSink } from "./feed.js";

/** A client in the engine's own process: the same requests, without a wire between. */
export class LocalClient implements EngineClient, Member {
  readonly since = Date.now();
  readonly client: { kind: ClientKind; version: string };
  readonly feed: Feed;
  window: WindowState | undefined;
  busy = 0;
  private readonly listeners = new Listeners();
  private readonly closeListeners = new Set<() => void>();
  private ended = false;

  constructor(
    readonly engine: EngineRequests["hello"]["result"],
    private readonly handlers: Handlers,
    private readonly audience: Audience,
    experimentOf: (runId: string) => Promise<string | undefined>,
    kind: ClientKind,
  ) {
    this.client = { kind, version: engine.version };
    const sink: FeedSink = { send: this.send, backlog: () => 0 };
    this.feed = new Feed(sink, experimentOf);
    audience.join(this);
  }

  async request<M extends RequestName>(
    method: M,
    params: EngineRequests[M]["params"],
    options: RequestOptions = {},
  ): Promise<EngineRequests[M]["result"]> {
    if (this.ended) throw new CairnError("unavailable", "The engine has ended.");
    const { signal = new AbortController().signal, onProgress } = options;
    const stop = onProgress && this.reportJob(params as { jobId?: string }, onProgress);
    this.busy++;
    try {
      const session = {
        subscribe: this.feed.subscribe.bind(this.feed),
        setWindow: (state: WindowState) => {
          this.window = state;
        },
      };
      const result = await dispatch(this.handlers, method, params, { session, signal });
      return result as EngineRequests[M]["result"];
    } finally {
      this.busy--;
      stop?.();
    }
  }

  send: FeedSink["send"] = (name, params) => {
    this.listeners.emit(name, params);
  };

  on<N extends NotificationName>(name: N, listener: (params: EngineNotifications[N]) => void): () => void {
    return this.listeners.add(name, listener);
  }

  onClose(listener: () => void): () => void {
    this.closeListeners.add(listener);
    return () => this.closeListeners.delete(listener);
  }

  dispose(): void {
    this.end();
  }

  end(): void {
    if (this.ended) return;
    this.ended = true;
    this.feed.dispose();
    this.audience.leave(this);
    for (const listener of this.closeListeners) listener();
  }

  private reportJob(params: { jobId?: string }, onProgress: (job: EngineNotifications["job"]) => void) {
    return this.on("job", (job) => {
      if (job.jobId === params.jobId) onProgress(job);
    });
  }
}
