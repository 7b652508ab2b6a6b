import { css } from "lit";

export const healthStyles = css`
  .health {
    height: 100vh;
    overflow-y: auto;
  }
  .health-page {
    max-width: 1000px;
    margin: 0 auto;
    padding: 20px 24px 40px;
  }
  .health-head {
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    gap: 8px 12px;
  }
  .health-head .codicon {
    font-size: 24px;
  }
  .health-head h1 {
    margin: 0;
    font-size: 1.5em;
    font-weight: 600;
  }
  .health-head p {
    margin: 2px 0 0;
    color: var(--vscode-descriptionForeground);
    overflow-wrap: anywhere;
  }
  .actions {
    display: flex;
    flex-wrap: wrap;
    gap: 8px;
    margin: 16px 0 20px;
  }
  .problems {
    margin: 0 0 20px;
    padding: 8px 12px;
    border: 1px solid var(--vscode-panel-border, var(--vscode-contrastBorder));
    border-radius: 4px;
    list-style: none;
  }
  .problems li {
    display: flex;
    gap: 8px;
    padding: 4px 0;
    line-height: 1.45;
    overflow-wrap: anywhere;
  }
  .problem-error {
    color: var(--vscode-problemsErrorIcon-foreground, var(--vscode-errorForeground));
  }
  .problem-warning {
    color: var(--vscode-problemsWarningIcon-foreground);
  }
  .sections {
    columns: 380px 2;
    column-gap: 40px;
  }
  .health-section {
    break-inside: avoid;
    margin-bottom: 24px;
  }
  .health-section h2 {
    margin: 0 0 4px;
    padding-bottom: 4px;
    border-bottom: 1px solid var(--vscode-panel-border, var(--vscode-contrastBorder));
    font-size: 11px;
    font-weight: 700;
  }
  .health-section h2 .muted {
    font-weight: 400;
  }
  .health-section dl,
  .health-section ul {
    margin: 0;
    padding: 0;
    list-style: none;
  }
  .fact {
    display: grid;
    grid-template-columns: 110px 1fr;
    gap: 8px;
    min-height: 22px;
    line-height: 22px;
  }
  .fact dd {
    display: flex;
    gap: 4px;
    min-width: 0;
    margin: 0;
  }
  .fact .value {
    min-width: 0;
    overflow-wrap: anywhere;
    font-variant-numeric: tabular-nums;
  }
  .fact .icon-button {
    margin-left: auto;
    opacity: 0;
  }
  .fact:hover .icon-button,
  .fact .icon-button:focus-visible {
    opacity: 1;
  }
  .health code {
    color: inherit;
    font-family: var(--vscode-editor-font-family);
    font-size: 0.95em;
  }
  .job {
    display: flex;
    align-items: center;
    gap: 8px;
    min-height: 24px;
  }
  .job-title {
    flex: 0 1 auto;
    max-width: 50%;
  }
  .job .grow {
    flex: 1;
  }
  .job progress {
    width: 90px;
    height: 3px;
    appearance: none;
    border: 0;
  }
  .job progress::-webkit-progress-bar {
    background: color-mix(in srgb, var(--vscode-foreground) 15%, transparent);
  }
  .job progress::-webkit-progress-value {
    background: var(--vscode-progressBar-background);
  }
`;
