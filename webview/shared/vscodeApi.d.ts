interface VsCodeApi {
  postMessage(message: unknown): void;
  setState(state: unknown): void;
  getState(): unknown;
}

/** Given by VS Code to every webview; may be called once. */
declare function acquireVsCodeApi(): VsCodeApi;
