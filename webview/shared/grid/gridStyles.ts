import { css } from "lit";

export const gridStyles = css`
  cairn-grid {
    position: relative;
    display: block;
    overflow: auto;
    height: 100%;
    outline: none;
    contain: strict;
    cursor: default;
    user-select: none;
  }
  .grid-head,
  .grid-row {
    display: flex;
    min-width: 100%;
  }
  .grid-head {
    position: sticky;
    top: 0;
    z-index: 3;
    height: 36px;
    background: var(--vscode-editor-background);
    border-bottom: 1px solid var(--vscode-panel-border, var(--vscode-contrastBorder));
    font-size: 11px;
  }
  .grid-body {
    position: relative;
  }
  .grid-row {
    position: absolute;
    top: 0;
    left: 0;
    height: 22px;
    line-height: 22px;
    contain: layout style;
    background: var(--vscode-editor-background);
  }
  /* Over the editor's colour, because a theme's own may let through what scrolls behind the pinned columns. */
  .grid-row:hover,
  .grid-row:hover > .grid-cell {
    background: linear-gradient(
        var(--vscode-list-hoverBackground, transparent),
        var(--vscode-list-hoverBackground, transparent)
      )
      var(--vscode-editor-background);
  }
  .grid-cell {
    flex: none;
    display: flex;
    align-items: center;
    gap: 6px;
    padding: 0 8px;
    overflow: hidden;
    white-space: nowrap;
    text-overflow: ellipsis;
    background: inherit;
  }
  .grid-gap {
    flex: none;
  }
  .grid-cell.plain {
    display: block;
  }
  .grid-cell.right {
    display: block;
    text-align: right;
    font-variant-numeric: tabular-nums;
  }
  .grid-row.selected,
  .grid-row.selected > .grid-cell {
    background: linear-gradient(
        var(--vscode-list-inactiveSelectionBackground, transparent),
        var(--vscode-list-inactiveSelectionBackground, transparent)
      )
      var(--vscode-editor-background);
    color: var(--vscode-list-inactiveSelectionForeground, inherit);
  }
  /* Above the pinned cells, which would cover an outline of the row itself. */
  .vscode-high-contrast .grid-row.selected::after,
  .vscode-high-contrast-light .grid-row.selected::after {
    content: "";
    position: absolute;
    z-index: 2;
    inset: 0;
    outline: 1px dotted var(--vscode-contrastActiveBorder);
    outline-offset: -1px;
    pointer-events: none;
  }
  .grid-cell.active {
    outline: 1px solid var(--vscode-focusBorder);
    outline-offset: -1px;
  }
  .grid-head .grid-cell {
    position: relative;
    padding-bottom: 3px;
    cursor: pointer;
  }
  .grid-head .grid-cell.right {
    display: flex;
    justify-content: flex-end;
  }
  /* On the line of the titles, which have their group's name above. */
  .grid-head .grid-check {
    margin-top: 14px;
  }
  .grid-titles {
    display: flex;
    flex-direction: column;
    min-width: 0;
    line-height: 14px;
  }
  .right .grid-titles {
    align-items: flex-end;
  }
  .grid-titles .clip {
    max-width: 100%;
  }
  .grid-group {
    min-height: 14px;
    color: var(--vscode-descriptionForeground);
    font-size: 10px;
  }
  .grid-title {
    display: flex;
    align-items: center;
    gap: 2px;
    max-width: 100%;
    min-width: 0;
    font-weight: 600;
  }
  .grid-title .codicon {
    font-size: 12px;
  }
  .grid-resize {
    position: absolute;
    top: 4px;
    right: 0;
    bottom: 4px;
    width: 7px;
    cursor: col-resize;
    border-right: 1px solid var(--vscode-panel-border, transparent);
  }
  .grid-resize:hover,
  .grid-resize:active {
    border-right: 2px solid var(--vscode-sash-hoverBorder, var(--vscode-focusBorder));
  }
  .grid-drop {
    position: absolute;
    z-index: 4;
    top: 0;
    bottom: 0;
    width: 2px;
    background: var(--vscode-focusBorder);
    pointer-events: none;
  }
  .grid-row.group {
    font-weight: 600;
  }
  .grid-row.group .grid-cell:not(.tree-cell) {
    font-weight: 400;
  }
  .grid-twist {
    display: inline-flex;
    flex: none;
    align-items: center;
    justify-content: flex-end;
    width: 16px;
    height: 22px;
    margin-right: -4px;
    cursor: pointer;
  }
  .grid-twist.level-2 {
    width: 28px;
  }
  .grid-twist.level-3 {
    width: 40px;
  }
  .grid-twist.level-4 {
    width: 52px;
  }
  .grid-twist.level-5 {
    width: 64px;
  }
  .grid-twist.level-6 {
    width: 76px;
  }
  .grid-check {
    display: inline-flex;
    flex: none;
    align-items: center;
    justify-content: center;
    width: 14px;
    height: 14px;
    border: 1px solid var(--vscode-checkbox-border, var(--vscode-foreground));
    border-radius: 3px;
    background: var(--vscode-checkbox-background);
    color: var(--vscode-checkbox-foreground);
  }
  .grid-check .codicon {
    font-size: 12px;
  }
  .grid-check.checked,
  .grid-check.mixed {
    border-color: var(--vscode-contrastBorder, var(--vscode-descriptionForeground));
  }
  .grid-check.mixed::after {
    content: "";
    width: 8px;
    height: 2px;
    background: var(--vscode-checkbox-foreground, var(--vscode-foreground));
  }
`;
