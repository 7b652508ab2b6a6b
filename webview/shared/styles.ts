import { css, type CSSResult } from "lit";

/** Adds a constructed style sheet to the page: the one way of styling that needs no exception in the content security policy. */
export function adoptStyles(...styles: CSSResult[]): void {
  const sheets = styles.map((style) => style.styleSheet).filter((sheet) => sheet !== undefined);
  document.adoptedStyleSheets = [...document.adoptedStyleSheets, ...sheets];
}

export const baseStyles = css`
  html,
  body {
    height: 100%;
    margin: 0;
    padding: 0;
    overflow: hidden;
    color: var(--vscode-foreground);
    background: var(--vscode-editor-background);
    font-family: var(--vscode-font-family);
    font-size: var(--vscode-font-size);
  }
  *,
  *::before,
  *::after {
    box-sizing: border-box;
  }
  .panel {
    display: flex;
    flex-direction: column;
    height: 100vh;
    min-width: 0;
  }
  .grow {
    flex: 1;
    min-width: 0;
    min-height: 0;
  }
  .muted {
    color: var(--vscode-descriptionForeground);
  }
  .number {
    font-variant-numeric: tabular-nums;
    text-align: right;
  }
  .mono {
    font-family: var(--vscode-editor-font-family);
    font-size: var(--vscode-editor-font-size);
  }
  /* VS Code gives code in webviews a background, which a long path would have once a line. */
  code {
    padding: 0;
    border-radius: 0;
    background: none;
    color: inherit;
    font-family: var(--vscode-editor-font-family);
    font-size: 0.95em;
  }
  code.muted {
    color: var(--vscode-descriptionForeground);
  }
  .swatch {
    flex: none;
    width: 10px;
    height: 10px;
    border-radius: 2px;
    background: currentColor;
  }
  .clip {
    overflow: hidden;
    text-overflow: ellipsis;
    white-space: nowrap;
    min-width: 0;
  }
  :focus-visible {
    outline: 1px solid var(--vscode-focusBorder);
    outline-offset: -1px;
  }
  ::-webkit-scrollbar {
    width: 10px;
    height: 10px;
  }
  ::-webkit-scrollbar-thumb {
    background: var(--vscode-scrollbarSlider-background);
  }
  ::-webkit-scrollbar-thumb:hover {
    background: var(--vscode-scrollbarSlider-hoverBackground);
  }
  ::-webkit-scrollbar-thumb:active {
    background: var(--vscode-scrollbarSlider-activeBackground);
  }
  ::-webkit-scrollbar-corner {
    background: transparent;
  }
  .link {
    padding: 0;
    border: 0;
    background: none;
    color: var(--vscode-textLink-foreground);
    font: inherit;
    cursor: pointer;
  }
  .link:hover {
    color: var(--vscode-textLink-activeForeground);
    text-decoration: underline;
  }
  .icon-button {
    display: inline-flex;
    flex: none;
    align-items: center;
    justify-content: center;
    width: 22px;
    height: 22px;
    padding: 0;
    border: 0;
    border-radius: 5px;
    background: none;
    color: var(--vscode-icon-foreground, var(--vscode-foreground));
    cursor: pointer;
  }
  .icon-button:hover:not(:disabled),
  .icon-button[aria-pressed="true"] {
    background: var(--vscode-toolbar-hoverBackground);
    outline: 1px dashed var(--vscode-toolbar-hoverOutline, transparent);
    outline-offset: -1px;
  }
  .icon-button[aria-pressed="true"] {
    outline: 1px solid var(--vscode-inputOption-activeBorder, var(--vscode-contrastActiveBorder, transparent));
    outline-offset: -1px;
    background: var(--vscode-inputOption-activeBackground);
    color: var(--vscode-inputOption-activeForeground);
  }
  .icon-button:focus-visible {
    outline: 1px solid var(--vscode-focusBorder);
  }
  .icon-button:disabled {
    opacity: 0.4;
    cursor: default;
  }
  .input {
    width: 100%;
    min-width: 0;
    height: 24px;
    padding: 2px 6px;
    border: 1px solid var(--vscode-settings-textInputBorder, var(--vscode-input-border, transparent));
    border-radius: 2px;
    background: var(--vscode-input-background);
    color: var(--vscode-input-foreground);
    font: inherit;
  }
  .input::placeholder {
    color: var(--vscode-input-placeholderForeground);
    opacity: 1;
  }
  .input:focus {
    outline: 1px solid var(--vscode-focusBorder);
    outline-offset: -1px;
  }
  /* Grows before the empty space beside it does, so that a narrow bar keeps to one line for longer. */
  .search-field {
    flex: 1000 1 80px;
    max-width: 320px;
  }
  .status-running {
    color: var(--vscode-charts-blue);
  }
  .status-finished {
    color: var(--vscode-testing-iconPassed, var(--vscode-charts-green));
  }
  .status-failed {
    color: var(--vscode-testing-iconFailed, var(--vscode-errorForeground));
  }
  .status-killed,
  .status-scheduled {
    color: var(--vscode-descriptionForeground);
  }
  @media (prefers-reduced-motion: reduce) {
    .codicon-modifier-spin {
      animation: none;
    }
  }
`;
