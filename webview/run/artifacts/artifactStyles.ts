import { css } from "lit";

export const artifactStyles = css`
  .artifacts {
    display: flex;
    height: 100%;
    min-height: 0;
  }
  cairn-artifacts-tab,
  cairn-artifacts {
    display: block;
    height: 100%;
    min-width: 0;
    min-height: 0;
  }
  cairn-artifacts {
    flex: none;
    width: clamp(180px, 32%, 380px);
    border-right: 1px solid var(--vscode-panel-border, var(--vscode-contrastBorder));
  }
  .preview {
    display: flex;
    flex: 1;
    flex-direction: column;
    min-width: 0;
    min-height: 0;
  }
  @media (max-width: 560px) {
    .artifacts {
      flex-direction: column;
    }
    cairn-artifacts {
      width: auto;
      height: 38%;
      border-right: 0;
      border-bottom: 1px solid var(--vscode-panel-border, var(--vscode-contrastBorder));
    }
  }
  .tree-item.shown {
    background: var(--vscode-list-inactiveSelectionBackground);
    color: var(--vscode-list-inactiveSelectionForeground, inherit);
  }
  .vscode-high-contrast .tree-item.shown,
  .vscode-high-contrast-light .tree-item.shown {
    outline: 1px dotted var(--vscode-contrastActiveBorder);
    outline-offset: -1px;
  }
  .preview-body {
    display: flex;
    flex-direction: column;
    overflow: hidden;
  }
  .preview-body > * {
    flex: 1;
    min-height: 0;
  }
  .preview-body > .banner {
    flex: none;
  }
  cairn-image,
  cairn-json,
  cairn-lines {
    display: flex;
    flex-direction: column;
    height: 100%;
    min-width: 0;
    min-height: 0;
  }
  .image-scroll {
    display: grid;
    place-items: safe center;
    overflow: auto;
    padding: 12px;
    background: repeating-conic-gradient(
        color-mix(in srgb, var(--vscode-foreground) 6%, transparent) 0% 25%,
        transparent 0% 50%
      )
      0 0 / 20px 20px;
  }
  .image-scroll img {
    display: block;
  }
  .image-scroll img.fitted {
    width: auto;
    height: auto;
    max-width: 100%;
    max-height: 100%;
    min-height: 0;
    object-fit: contain;
  }
  .image-scroll img.large {
    image-rendering: pixelated;
  }
  .step-slider {
    display: flex;
    flex: 0 1 auto;
    align-items: center;
    gap: 6px;
    min-width: 0;
    white-space: nowrap;
  }
  .step-slider input {
    width: 160px;
    min-width: 40px;
    accent-color: var(--vscode-progressBar-background, var(--vscode-focusBorder));
  }
  .vscode-high-contrast .step-slider input,
  .vscode-high-contrast-light .step-slider input {
    accent-color: var(--vscode-focusBorder);
  }
  .audio {
    display: grid;
    place-items: center;
    padding: 24px;
  }
  .audio audio {
    width: min(480px, 100%);
  }
  .html-frame {
    width: 100%;
    border: 0;
    background: white;
    color-scheme: light;
  }
  .lines-scroll {
    flex: 1;
    min-height: 0;
    padding: 4px 0;
    overflow: auto;
  }
  .lines-all {
    width: max-content;
    min-width: 100%;
  }
  .text-line {
    display: flex;
    height: 20px;
    padding-right: 16px;
    line-height: 20px;
    white-space: pre;
  }
  .line-number {
    flex: none;
    width: 5ch;
    margin-right: 14px;
    color: var(--vscode-editorLineNumber-foreground);
    text-align: right;
    user-select: none;
  }
  .json-tree {
    display: flex;
    flex: 1;
    min-height: 0;
    outline-offset: -1px;
  }
  .json-tree > cairn-lines {
    flex: 1;
  }
  .json-row {
    display: flex;
    align-items: center;
    gap: 4px;
    height: 20px;
    padding-right: 16px;
    white-space: pre;
    cursor: default;
  }
  .json-row:hover {
    background: var(--vscode-list-hoverBackground);
  }
  .json-tree:focus-visible .json-row.active {
    background: var(--vscode-list-activeSelectionBackground);
    color: var(--vscode-list-activeSelectionForeground);
    outline: 1px solid var(--vscode-list-focusOutline, var(--vscode-focusBorder));
    outline-offset: -1px;
  }
  .json-tree:focus-visible .json-row.active * {
    color: inherit;
  }
  .json-key {
    color: var(--vscode-symbolIcon-propertyForeground, var(--vscode-debugTokenExpression-name));
  }
  .json-string {
    color: var(--vscode-debugTokenExpression-string);
  }
  .json-number {
    color: var(--vscode-debugTokenExpression-number);
  }
  .json-boolean,
  .json-null {
    color: var(--vscode-debugTokenExpression-boolean);
  }
`;
