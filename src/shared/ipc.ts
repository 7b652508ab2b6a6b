import type { ErrorShape } from "./errors.js";

/**
 * Messages between a panel and the host. Each panel defines its contract once in `shared/<panel>/api.ts`
 * as an interface of this form; both sides derive their handlers from it, so a missing one does not compile.
 *
 *   requests       panel → host, answered
 *   notifications  host → panel, unasked
 */
export interface PanelApi {
  requests: Record<string, { params: unknown; result: unknown }>;
  notifications: Record<string, unknown>;
}

export type RequestHandlers<Api extends PanelApi> = {
  [M in keyof Api["requests"]]: (
    params: Api["requests"][M]["params"],
  ) => Promise<Api["requests"][M]["result"]>;
};

export type NotificationHandlers<Api extends PanelApi> = {
  [M in keyof Api["notifications"]]: (params: Api["notifications"][M]) => void;
};

/** What goes over postMessage from the panel. `ready` comes once the panel can take notifications. */
export type FromPanel = { type: "ready" } | { type: "request"; id: number; method: string; params: unknown };

/** What goes over postMessage to the panel. */
export type ToPanel =
  | { type: "response"; id: number; result: unknown }
  | { type: "response"; id: number; error: ErrorShape }
  | { type: "notification"; method: string; params: unknown };
