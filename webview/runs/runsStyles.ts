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
    flex: 0 1 280px;
    min-width: 120px;
  }
  .counts {
    white-space: nowrap;
    font-variant-numeric: tabular-nums;
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
