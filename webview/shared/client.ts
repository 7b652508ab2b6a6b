import type { FromPanel, NotificationHandlers, PanelApi, ToPanel } from "../../src/shared/ipc.js";
import { CairnError, fromErrorShape } from "../../src/shared/errors.js";

type Method<Api extends PanelApi> = keyof Api["requests"] & string;

export interface PanelClient<Api extends PanelApi> {
  /** Rejects with a CairnError: the host's own, or `unavailable` when no answer came within `timeoutMs`. */
  request<M extends Method<Api>>(
    method: M,
    params: Api["requests"][M]["params"],
    timeoutMs?: number,
  ): Promise<Api["requests"][M]["result"]>;
  /** Takes the handlers of every notification and tells the host that they may come. */
  listen(handlers: NotificationHandlers<Api>): void;
  /** What the panel would need to be restored after a reload of the window. */
  keep(state: unknown): void;
}

interface Waiting {
  resolve(result: unknown): void;
  reject(error: Error): void;
  timer: ReturnType<typeof setTimeout>;
}

const DEFAULT_TIMEOUT_MS = 30_000;

/** The panel's end of the messages to the host. Only one may be made in a page. */
export function createClient<Api extends PanelApi>(): PanelClient<Api> {
  const vscode = acquireVsCodeApi();
  const waiting = new Map<number, Waiting>();
  let handlers: NotificationHandlers<Api> | undefined;
  let lastId = 0;

  const post = (message: FromPanel): void => {
    vscode.postMessage(message);
  };

  const settle = (message: Extract<ToPanel, { type: "response" }>): void => {
    const entry = waiting.get(message.id);
    if (!entry) return;
    waiting.delete(message.id);
    clearTimeout(entry.timer);
    if ("error" in message) entry.reject(fromErrorShape(message.error));
    else entry.resolve(message.result);
  };

  const notify = (method: keyof Api["notifications"], params: Api["notifications"][typeof method]): void => {
    if (handlers && Object.hasOwn(handlers, method)) handlers[method](params);
  };

  window.addEventListener("message", (event: MessageEvent<ToPanel>) => {
    const message = event.data;
    if (message.type === "response") settle(message);
    else notify(message.method, message.params as Api["notifications"][keyof Api["notifications"]]);
  });

  return {
    request(method, params, timeoutMs = DEFAULT_TIMEOUT_MS) {
      const id = ++lastId;
      return new Promise((resolve, reject) => {
        const timer = setTimeout(() => {
          waiting.delete(id);
          const seconds = Math.round(timeoutMs / 1000);
          reject(
            new CairnError("unavailable", `No answer to "${method}" within ${seconds} s.`, {
              hint: "The engine may be busy or gone. Try again, or run Cairn: Show Health.",
            }),
          );
        }, timeoutMs);
        waiting.set(id, { resolve, reject, timer });
        post({ type: "request", id, method, params });
      });
    },
    listen(given) {
      handlers = given;
      post({ type: "ready" });
    },
    keep(state) {
      vscode.setState(state);
    },
  };
}
