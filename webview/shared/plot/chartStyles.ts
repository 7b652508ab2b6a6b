import { css } from "lit";

export const chartStyles = css`
  cairn-chart-grid {
    display: flex;
    flex-direction: column;
    height: 100%;
    min-width: 0;
  }
  .sr-only {
    position: absolute;
    width: 1px;
    height: 1px;
    overflow: hidden;
    clip-path: inset(50%);
    white-space: nowrap;
  }
  .chart-bar {
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    gap: 4px;
    flex: none;
    padding: 6px 10px;
  }
  /* What is chosen of the charts keeps together where the bar has two lines. */
  .chart-choice {
    display: flex;
    flex: 1000 1 170px;
    gap: 4px;
    max-width: 400px;
  }
  .chart-options {
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    gap: 4px;
  }
  .input.chart-select {
    field-sizing: content;
    width: auto;
    padding: 0 2px;
  }
  .chart-smoothing {
    display: flex;
    align-items: center;
    gap: 4px;
    padding-left: 4px;
  }
  .chart-smoothing input {
    width: 64px;
    accent-color: var(--vscode-focusBorder);
  }
  .chart-smoothing .number {
    width: 2.1em;
    text-align: left;
  }
  .icon-button.text-button {
    width: auto;
    padding: 0 5px;
    font: inherit;
    font-size: 0.92em;
    color: var(--vscode-foreground);
  }
  .icon-button.text-button[aria-pressed="true"] {
    color: var(--vscode-inputOption-activeForeground);
  }
  .vscode-high-contrast .chart-bar .icon-button[aria-pressed="true"] {
    outline: 1px solid var(--vscode-focusBorder);
  }
  .chart-unhide {
    padding: 0 4px;
    white-space: nowrap;
  }
  .chart-none {
    padding: 0 12px;
  }
  .legend {
    display: flex;
    flex-wrap: wrap;
    flex: none;
    gap: 2px 14px;
    max-height: 64px;
    margin: 0;
    padding: 0 12px 6px;
    overflow-y: auto;
    list-style: none;
    font-size: 0.92em;
  }
  .legend-item {
    display: flex;
    align-items: center;
    gap: 5px;
    max-width: 220px;
    line-height: 18px;
  }
  .legend-note {
    line-height: 18px;
  }
  .chart-scroll {
    position: relative;
    overflow-y: scroll;
    overflow-x: hidden;
  }
  .chart-sheet {
    position: relative;
  }
  .chart-section {
    position: absolute;
    left: 0;
    right: 0;
  }
  .section-head {
    position: sticky;
    top: 0;
    z-index: 6;
    display: flex;
    align-items: center;
    gap: 4px;
    width: 100%;
    height: 22px;
    padding: 0 8px 0 4px;
    border: 0;
    border-top: 1px solid var(--vscode-sideBarSectionHeader-border, var(--vscode-panel-border));
    background: var(--vscode-editor-background);
    color: var(--vscode-foreground);
    font: inherit;
    font-size: 11px;
    font-weight: 700;
    text-align: left;
    cursor: pointer;
  }
  .section-head .muted {
    font-weight: 400;
  }
  .chart-section > cairn-metric-chart {
    position: absolute;
  }
  .chart {
    margin: 0;
    border-radius: 3px;
  }
  .chart-title {
    display: flex;
    align-items: center;
    gap: 4px;
    height: 26px;
    padding-left: 4px;
    font-weight: 600;
  }
  .chart-title .codicon-info {
    font-weight: 400;
  }
  .chart-tools {
    display: flex;
    opacity: 0;
  }
  .chart:hover .chart-tools,
  .chart:focus-within .chart-tools,
  .chart:focus .chart-tools,
  .chart-tools.has-pin {
    opacity: 1;
  }
  .plot-box {
    position: relative;
  }
  .plot .faded {
    opacity: 0.18;
  }
  .plot .strong .js-line {
    stroke-width: 3px !important;
  }
  .crosshair {
    position: absolute;
    top: 6px;
    bottom: 24px;
    width: 1px;
    background: var(--vscode-foreground);
    opacity: 0.5;
    pointer-events: none;
  }
  .readout {
    position: absolute;
    top: 4px;
    z-index: 5;
    width: fit-content;
    max-width: min(75%, 340px);
    padding: 2px 7px 3px;
    border: 1px solid var(--vscode-editorHoverWidget-border, var(--vscode-contrastBorder));
    border-radius: 3px;
    background: var(--vscode-editorHoverWidget-background, var(--vscode-editorWidget-background));
    color: var(--vscode-editorHoverWidget-foreground, var(--vscode-foreground));
    font-size: 11px;
    line-height: 16px;
    pointer-events: none;
    font-variant-numeric: tabular-nums;
  }
  .readout.source {
    z-index: 8;
  }
  [hidden] {
    display: none !important;
  }
  .readout-head {
    white-space: nowrap;
    opacity: 0.8;
  }
  .readout-row {
    display: flex;
    align-items: center;
    gap: 5px;
  }
  .readout-row .number {
    flex: none;
    padding-left: 6px;
    white-space: nowrap;
  }
  .readout-row .swatch {
    width: 8px;
    height: 8px;
  }
  .readout-row.near {
    font-weight: 700;
  }
  .single {
    display: flex;
    align-items: center;
    justify-content: center;
    height: 100%;
  }
  .single-value {
    font-size: 2em;
    font-variant-numeric: tabular-nums;
  }
  .bars {
    height: 100%;
    padding: 6px 4px;
    overflow-y: auto;
    font-size: 0.92em;
  }
  .bar-row {
    display: grid;
    grid-template-columns: minmax(60px, 30%) 1fr 5.5em;
    align-items: center;
    gap: 8px;
    height: 20px;
  }
  .bar-row.faded {
    opacity: 0.3;
  }
  .bar-track {
    position: relative;
    height: 10px;
    border-radius: 2px;
    background: color-mix(in srgb, var(--vscode-foreground) 8%, transparent);
  }
  .bar {
    position: absolute;
    top: 0;
    bottom: 0;
    min-width: 1px;
    border-radius: 2px;
  }
  .chart-dialog {
    width: calc(100vw - 48px);
    height: calc(100vh - 48px);
    max-width: none;
    max-height: none;
    padding: 0;
    border: 1px solid var(--vscode-widget-border, var(--vscode-contrastBorder, var(--vscode-panel-border)));
    border-radius: 5px;
    background: var(--vscode-editor-background);
    color: var(--vscode-foreground);
    box-shadow: 0 4px 16px var(--vscode-widget-shadow);
  }
  .chart-dialog[open] {
    display: flex;
    flex-direction: column;
  }
  .chart-dialog::backdrop {
    background: rgb(0 0 0 / 40%);
  }
  .chart-large {
    margin: 4px 10px 10px;
    overflow: hidden;
  }
`;
