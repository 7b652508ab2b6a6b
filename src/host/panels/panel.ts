import * as vscode from "vscode";
import { CairnError, toErrorShape } from "../../shared/errors.js";
import type { FromPanel, PanelApi, RequestHandlers, ToPanel } from "../../shared/ipc.js";
import { type PageOptions, panelHtml } from "./html.js";

/** Checks what comes out of a panel before a handler sees it; throws what is wrong. */
export type RequestParsers<Api extends PanelApi> = {
  [M in keyof Api["requests"]]: (params: unknown) => Api["requests"][M]["params"];
};

export interface PanelOptions<Api extends PanelApi> extends PageOptions {
  handlers: RequestHandlers<Api>;
  parsers: RequestParsers<Api>;
  /** Sends what depends on the theme again. (A panel that is seen again is a new page, which asks by itself.) */
  onTheme(): void;
  /** The panel went out of sight, and its page with it. */
  onHide(): void;
}

/** The host's end of one webview panel: page, handshake, requests, notifications. */
export class Panel<Api extends PanelApi> implements vscode.Disposable {
  private readonly subscriptions: vscode.Disposable[] = [];
  private queue: ToPanel[] | undefined = [];

  constructor(
    readonly view: vscode.WebviewPanel,
    context: vscode.ExtensionContext,
    private readonly log: vscode.LogOutputChannel,
    private readonly options: PanelOptions<Api>,
  ) {
    const dist = vscode.Uri.joinPath(context.extensionUri, "dist", "webview");
    view.webview.options = { enableScripts: true, localResourceRoots: [dist] };
    view.iconPath = vscode.Uri.joinPath(context.extensionUri, "media", "icons", "tab.svg");
    this.subscriptions.push(
      view.webview.onDidReceiveMessage((message: unknown) => void this.receive(message)),
      view.onDidChangeViewState(() => {
        this.viewStateChanged();
      }),
      vscode.window.onDidChangeActiveColorTheme(() => {
        this.notify("theme", null as Api["notifications"]["theme"]);
        options.onTheme();
      }),
      view.onDidDispose(() => {
        this.dispose();
      }),
    );
    view.webview.html = panelHtml(view.webview, dist, options);
  }

  /** Kept back until the page can take it, and dropped while the page is hidden: it is sent everything when seen again. */
  notify<N extends keyof Api["notifications"] & string>(method: N, params: Api["notifications"][N]): void {
    const message: ToPanel = { type: "notification", method, params };
    if (!this.view.visible) return;
    if (this.queue) this.queue.push(message);
    else this.post(message);
  }

  /** Ends `items` with the panel. */
  own(...items: vscode.Disposable[]): void {
    this.subscriptions.push(...items);
  }

  dispose(): void {
    this.options.onHide();
    vscode.Disposable.from(...this.subscriptions.splice(0)).dispose();
  }

  private viewStateChanged(): void {
    if (this.view.visible) return;
    // The page is gone with its visibility; the one that comes back says `ready` again.
    this.queue = [];
    this.options.onHide();
  }

  private async receive(message: unknown): Promise<void> {
    if (!isFromPanel(message)) {
      this.log.warn(`A message of panel ${this.options.bundle} was not understood.`);
      return;
    }
    if (message.type === "ready") {
      const queued = this.queue ?? [];
      this.queue = undefined;
      for (const each of queued) this.post(each);
      return;
    }
    this.post(await this.answer(message));
  }

  private async answer({ id, method, params }: FromPanel & { type: "request" }): Promise<ToPanel> {
    try {
      if (!Object.hasOwn(this.options.handlers, method)) {
        throw new CairnError("invalid", `The panel asked for "${method}", which there is not.`);
      }
      const key: keyof Api["requests"] = method;
      const result: unknown = await this.options.handlers[key](this.options.parsers[key](params));
      return { type: "response", id, result };
    } catch (error) {
      const shape = toErrorShape(error);
      if (shape.code === "internal")
        this.log.error(`${this.options.bundle}.${method}: ${shape.message}`, error);
      return { type: "response", id, error: shape };
    }
  }

  private post(message: ToPanel): void {
    void this.view.webview.postMessage(message);
  }
}

function isFromPanel(message: unknown): message is FromPanel {
  if (typeof message !== "object" || message === null || !("type" in message)) return false;
  if (message.type === "ready") return true;
  return (
    message.type === "request" &&
    "id" in message &&
    typeof message.id === "number" &&
    "method" in message &&
    typeof message.method === "string" &&
    "params" in message
  );
}
