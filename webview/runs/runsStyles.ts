import { css } from "lit";

export const runsStyles = css`
  .toolbar {
    display: flex;
    flex: none;
    flex-wrap: wrap;
    align-items: center;
    gap: 4px 6px;
    padding: 6px 10px;
    border-bottom: 1px solid var(--vscode-panel-border, var(--vscode-contrastBorder));
  }
  .filter {
    position: relative;
    flex: 1 1 200px;
    max-width: 320px;
  }
  .toolbar-actions {
    display: flex;
    align-items: center;
    gap: 6px;
    margin-left: auto;
  }
  .start {
    height: 26px;
  }
  @media (max-width: 760px) {
    .start-label {
      display: none;
    }
  }
  .filter .input:not(:placeholder-shown) {
    padding-right: 52px;
  }
  .filter-mode {
    position: absolute;
    top: 4px;
    right: 22px;
    padding: 0 4px;
    border-radius: 3px;
    color: var(--vscode-descriptionForeground);
    font-size: 10px;
    line-height: 16px;
    pointer-events: none;
  }
  .filter.invalid .input {
    border-color: var(--vscode-inputValidation-errorBorder);
  }
  .filter-error {
    position: absolute;
    z-index: 6;
    top: 100%;
    left: 0;
    min-width: 100%;
    width: max-content;
    max-width: min(520px, 90vw);
    padding: 4px 6px;
    border: 1px solid var(--vscode-inputValidation-errorBorder);
    background: var(--vscode-inputValidation-errorBackground);
    color: var(--vscode-inputValidation-errorForeground, inherit);
    line-height: 1.4;
  }
  .icon-button.labelled {
    gap: 4px;
    width: auto;
    max-width: 160px;
    padding: 0 5px;
  }
  .star {
    display: inline-flex;
    padding: 0;
    border: 0;
    background: none;
    color: var(--vscode-descriptionForeground);
    cursor: pointer;
  }
  .star.codicon {
    font-size: 14px;
  }
  .star:not(.starred) {
    display: none;
  }
  .grid-row:hover .star,
  .grid-cell.active .star,
  .vscode-high-contrast .star,
  .vscode-high-contrast-light .star {
    display: inline-flex;
  }
  .star.starred {
    color: var(--vscode-charts-yellow, #cca700);
  }
  .badge {
    padding: 0 5px;
    border: 1px solid var(--vscode-contrastBorder, transparent);
    border-radius: 9px;
    background: var(--vscode-badge-background);
    color: var(--vscode-badge-foreground);
    font-size: 10px;
    font-weight: 400;
    line-height: 16px;
  }
  .toggle {
    display: inline-flex;
    align-items: center;
    gap: 6px;
    cursor: pointer;
  }
  .toggle input {
    margin: 0;
    accent-color: var(--vscode-button-background);
  }
  textarea.note {
    width: min(520px, 80vw);
    height: min(260px, 50vh);
    padding: 6px;
    font-family: var(--vscode-editor-font-family);
    font-size: var(--vscode-editor-font-size);
    line-height: 1.45;
    resize: both;
  }
  .colors {
    display: grid;
    grid-template-columns: repeat(10, 24px);
  }
  .color {
    display: inline-flex;
    align-items: center;
    justify-content: center;
    width: 24px;
    height: 24px;
    padding: 0;
    border: 1px solid transparent;
    border-radius: 3px;
    background: none;
    cursor: pointer;
  }
  .color .swatch {
    width: 16px;
    height: 16px;
  }
  .color:hover,
  .color[aria-checked="true"] {
    border-color: var(--vscode-focusBorder);
  }
  .compare {
    display: flex;
    flex-direction: column;
    height: 100%;
  }
  .compare-bar {
    display: flex;
    flex: none;
    flex-wrap: wrap;
    align-items: center;
    gap: 4px 16px;
    padding: 5px 10px;
    border-bottom: 1px solid var(--vscode-panel-border, var(--vscode-contrastBorder));
  }
  .grid-row.heading {
    font-weight: 600;
  }
  .grid-row.same {
    color: var(--vscode-descriptionForeground);
  }
  .indented {
    padding-left: 12px;
  }
  .counts {
    white-space: nowrap;
    font-variant-numeric: tabular-nums;
  }
  .part-note {
    display: flex;
    flex-wrap: wrap;
    gap: 4px;
    padding: 3px 10px;
    border-bottom: 1px solid var(--vscode-panel-border, var(--vscode-contrastBorder));
  }
  .split {
    position: relative;
    display: flex;
    overflow: hidden;
  }
  .split.stacked {
    flex-direction: column;
  }
  .pane {
    min-width: 0;
    min-height: 0;
    overflow: hidden;
  }
  cairn-splitter {
    position: relative;
    z-index: 5;
    flex: none;
    width: 5px;
    margin: 0 -2px;
    cursor: col-resize;
    touch-action: none;
  }
  cairn-splitter::before {
    content: "";
    position: absolute;
    inset: 0 2px;
    background: var(--vscode-panel-border, var(--vscode-contrastBorder));
  }
  .stacked > cairn-splitter {
    width: auto;
    height: 5px;
    margin: -2px 0;
    cursor: row-resize;
  }
  .stacked > cairn-splitter::before {
    inset: 2px 0;
  }
  cairn-splitter:hover::before,
  cairn-splitter:active::before,
  cairn-splitter:focus-visible::before {
    inset: 0 1px;
    background: var(--vscode-sash-hoverBorder, var(--vscode-focusBorder));
  }
  .stacked > cairn-splitter:hover::before {
    inset: 1px 0;
  }
`;
