import { randomBytes } from "node:crypto";
import * as vscode from "vscode";

export interface PageOptions {
  title: string;
  /** Name of the panel's bundle in dist/webview. */
  bundle: string;
}

/**
 * The page of a panel. Nothing runs or is loaded but Cairn's own files; inline styles and scripts are refused.
 * The empty style element is plotly's: without it, and without its nonce, plots are laid out wrong in silence.
 */
export function panelHtml(webview: vscode.Webview, dist: vscode.Uri, options: PageOptions): string {
  const nonce = randomBytes(18).toString("base64");
  const uri = (name: string) => webview.asWebviewUri(vscode.Uri.joinPath(dist, name)).toString();
  const policy = [
    "default-src 'none'",
    `script-src 'nonce-${nonce}'`,
    `style-src ${webview.cspSource} 'nonce-${nonce}'`,
    `img-src ${webview.cspSource} data: blob:`,
    `font-src ${webview.cspSource}`,
    "media-src blob:",
  ].join("; ");
  return `<!DOCTYPE html>
<html lang="${escapeHtml(vscode.env.language)}">
  <head>
    <meta charset="UTF-8">
    <meta http-equiv="Content-Security-Policy" content="${policy}">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <link rel="stylesheet" id="vscode-codicon-stylesheet" nonce="${nonce}" href="${uri("codicon.css")}">
    <style id="plotly.js-style-global" nonce="${nonce}"></style>
    <title>${escapeHtml(options.title)}</title>
  </head>
  <body>
    <script nonce="${nonce}" src="${uri(`${options.bundle}.js`)}"></script>
  </body>
</html>`;
}

function escapeHtml(text: string): string {
  const entities: Record<string, string> = {
    "&": "&amp;",
    "<": "&lt;",
    ">": "&gt;",
    '"': "&quot;",
    "'": "&#39;",
  };
  return text.replace(/[&<>"']/g, (character) => entities[character] ?? "");
}
