import { css } from "lit";

export const runStyles = css`
  .run-head {
    display: flex;
    flex: none;
    flex-wrap: wrap;
    align-items: center;
    gap: 4px 10px;
    padding: 10px 14px 6px;
  }
  .run-head h1 {
    margin: 0;
    font-size: 1.25em;
    font-weight: 600;
    min-width: 0;
    overflow-wrap: anywhere;
  }
  .run-head .codicon {
    font-size: 16px;
  }
  .run-marks {
    display: inline-flex;
    gap: 2px;
  }
  .run-marks .icon-button .codicon {
    font-size: 14px;
  }
  .run-marks .icon-button[aria-label="Star"][aria-pressed="true"] {
    background: none;
    color: var(--vscode-charts-yellow);
  }
  .run-marks .icon-button[aria-label="Star"][aria-pressed="true"]:not(:focus-visible) {
    outline: none;
  }
  .run-rename {
    flex: 0 1 420px;
    width: auto;
  }
  .run-actions {
    display: flex;
    flex-wrap: wrap;
    gap: 6px;
    margin-left: auto;
  }
  .run-actions:not(.labelled) {
    display: none;
  }
  @media (max-width: 860px) {
    .run-actions.labelled {
      display: none;
    }
    .run-actions:not(.labelled) {
      display: flex;
    }
  }
  @media (max-width: 520px) {
    .run-head > .run-state {
      flex-basis: 100%;
      order: 1;
    }
  }
  cairn-run-head {
    display: block;
    flex: none;
  }
  .tabs {
    display: flex;
    flex: none;
    gap: 16px;
    padding: 0 14px;
    overflow: auto hidden;
    scrollbar-width: none;
    /* Where they scroll, the next tab looks out from behind the edge. */
    scroll-padding-inline: 40px;
    border-bottom: 1px solid var(--vscode-panel-border, var(--vscode-contrastBorder));
  }
  .tab {
    padding: 6px 0;
    border: 0;
    border-bottom: 1px solid transparent;
    background: none;
    color: var(--vscode-panelTitle-inactiveForeground, var(--vscode-descriptionForeground));
    font: inherit;
    cursor: pointer;
    white-space: nowrap;
  }
  .tab:hover {
    color: var(--vscode-panelTitle-activeForeground, var(--vscode-foreground));
  }
  .tab[aria-selected="true"] {
    border-bottom-color: var(--vscode-panelTitle-activeBorder, var(--vscode-focusBorder));
    color: var(--vscode-panelTitle-activeForeground, var(--vscode-foreground));
  }
  .vscode-high-contrast .tab[aria-selected="true"],
  .vscode-high-contrast-light .tab[aria-selected="true"] {
    border-bottom: 3px solid var(--vscode-focusBorder);
  }
  .tab-content {
    overflow: hidden;
  }
  .tab-bar {
    display: flex;
    flex: none;
    align-items: center;
    gap: 6px;
    min-width: 0;
    padding: 5px 10px;
    border-bottom: 1px solid var(--vscode-panel-border, var(--vscode-contrastBorder));
  }
  .tab-scroll {
    overflow-y: auto;
    padding: 6px 14px;
    outline-offset: -1px;
  }
  cairn-parameters,
  cairn-code,
  cairn-environment {
    display: flex;
    flex-direction: column;
    height: 100%;
    min-height: 0;
  }
  .row {
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    gap: 6px;
  }
  .parameter {
    padding: 1px 0;
  }
  .parameter dt {
    overflow-wrap: anywhere;
  }
  .parameter .value {
    white-space: pre-wrap;
  }
  .pair-clip {
    display: -webkit-box;
    overflow: hidden;
    -webkit-box-orient: vertical;
    -webkit-line-clamp: 4;
  }
  .run-link {
    display: flex;
    align-items: center;
    gap: 6px;
  }
  .tags {
    display: flex;
    flex-wrap: wrap;
    gap: 6px;
    margin: 6px 0;
    padding: 0;
    list-style: none;
  }
  .tag {
    display: inline-flex;
    align-items: center;
    max-width: 100%;
    padding-left: 8px;
    border: 1px solid var(--vscode-contrastBorder, transparent);
    border-radius: 4px;
    background: color-mix(in srgb, var(--vscode-foreground) 9%, transparent);
  }
  .tag-text {
    min-width: 0;
    padding: 0;
    overflow: hidden;
    border: 0;
    background: none;
    color: inherit;
    font: inherit;
    line-height: 22px;
    text-overflow: ellipsis;
    white-space: nowrap;
    cursor: pointer;
  }
  .tag .icon-button {
    width: 20px;
    height: 20px;
  }
  .tag .icon-button .codicon {
    font-size: 12px;
  }
  .tag-key {
    flex: 1 1 90px;
  }
  .tag-value {
    flex: 2 1 120px;
  }
  .note-add {
    margin-bottom: 12px;
  }
  .note-editor {
    max-width: 800px;
    margin-bottom: 14px;
  }
  .note-editor textarea {
    height: auto;
    margin-bottom: 6px;
    padding: 4px 6px;
    line-height: 1.5;
    resize: vertical;
  }
  .overview {
    height: 100%;
    padding: 12px 14px 24px;
    overflow-y: auto;
  }
  .note {
    display: flex;
    align-items: flex-start;
    gap: 6px;
    max-width: 800px;
    margin: 0 0 12px;
    line-height: 1.5;
  }
  .note .icon-button .codicon {
    font-size: 14px;
  }
  .note-text {
    min-width: 0;
    overflow-wrap: anywhere;
    white-space: pre-wrap;
  }
  .cards {
    columns: 420px 3;
    column-gap: 32px;
  }
  .card {
    break-inside: avoid;
    margin-bottom: 20px;
  }
  .card h2 {
    margin: 0 0 4px;
    padding-bottom: 4px;
    border-bottom: 1px solid var(--vscode-panel-border, var(--vscode-contrastBorder));
    font-size: 11px;
    font-weight: 700;
  }
  .card h2 .muted {
    font-weight: 400;
  }
  .card p {
    margin: 4px 0;
  }
  .facts {
    width: 100%;
    border-collapse: collapse;
    table-layout: fixed;
    line-height: 22px;
  }
  .facts th {
    padding: 0 6px;
    color: var(--vscode-descriptionForeground);
    font-size: 11px;
    font-weight: 400;
    text-align: left;
  }
  .facts th:first-child {
    width: 34%;
  }
  .facts th.number {
    text-align: right;
  }
  .facts td {
    padding: 0 6px;
    overflow: hidden;
  }
  .facts td:first-child,
  .facts th:first-child {
    padding-left: 0;
  }
  .facts tbody tr:hover,
  .pair:hover {
    background: var(--vscode-list-hoverBackground);
  }
  @media (max-width: 480px) {
    .facts :is(th, td):nth-child(5) {
      display: none;
    }
  }
  .strong {
    font-weight: 600;
  }
  .pairs {
    margin: 0;
  }
  .pair {
    display: grid;
    grid-template-columns: minmax(90px, min(36%, 240px)) 1fr;
    gap: 8px;
    min-height: 22px;
    line-height: 22px;
  }
  .pair dd {
    display: flex;
    align-items: flex-start;
    gap: 4px;
    min-width: 0;
    margin: 0;
  }
  .pair .value {
    min-width: 0;
    overflow-wrap: anywhere;
  }
  .pair .icon-button {
    margin-left: auto;
    opacity: 0;
  }
  .pair .value > .icon-button {
    height: 18px;
    margin: -2px 0 -1px;
    vertical-align: middle;
    opacity: 1;
  }
  cairn-run-inputs {
    display: contents;
  }
  .input-state {
    white-space: nowrap;
  }
  .input-state .codicon {
    margin-right: 2px;
    font-size: 14px;
    vertical-align: text-bottom;
  }
  .input-changed {
    color: var(--vscode-editorWarning-foreground, var(--vscode-charts-orange));
  }
  .pair:hover .icon-button,
  .pair .icon-button:focus-visible {
    opacity: 1;
  }
  .tree {
    height: 100%;
    padding: 6px 0;
    overflow-y: auto;
    outline-offset: -1px;
  }
  .tree-item {
    display: flex;
    align-items: center;
    gap: 6px;
    height: 22px;
    padding-right: 14px;
    cursor: pointer;
  }
  .tree-item:hover {
    background: var(--vscode-list-hoverBackground);
  }
  .tree:focus-visible .tree-item.active {
    background: var(--vscode-list-activeSelectionBackground);
    color: var(--vscode-list-activeSelectionForeground);
    outline: 1px solid var(--vscode-list-focusOutline, var(--vscode-focusBorder));
    outline-offset: -1px;
  }
  .tree-gap {
    width: 16px;
  }
  .tree-item > .grow {
    flex: 1;
  }
`;
