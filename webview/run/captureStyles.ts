import { css } from "lit";

/** Of the tabs that show what was captured of a run. */
export const captureStyles = css`
  .capture {
    flex: 1;
    min-height: 0;
    padding: 10px 14px 24px;
    overflow-y: auto;
  }
  .capture > .banner {
    margin-bottom: 8px;
  }
  .capture .card {
    margin-top: 18px;
  }
  .card h2 .link {
    margin: 0 4px 0 10px;
    font-weight: 400;
  }
  .changes {
    margin: 0;
    padding: 0;
    list-style: none;
  }
  .change {
    display: flex;
    align-items: center;
    gap: 8px;
    min-height: 22px;
  }
  .change .codicon {
    flex: none;
    font-size: 14px;
  }
  .change-added,
  .change-untracked {
    color: var(--vscode-gitDecoration-untrackedResourceForeground, var(--vscode-charts-green));
  }
  .change-modified,
  .change-renamed,
  .change-copied,
  .change-typeChanged {
    color: var(--vscode-gitDecoration-modifiedResourceForeground, var(--vscode-charts-yellow));
  }
  .change-deleted,
  .change-unmerged {
    color: var(--vscode-gitDecoration-deletedResourceForeground, var(--vscode-charts-red));
  }
  .environment {
    display: flex;
    flex: 1;
    min-height: 0;
  }
  .environment-facts {
    flex: 1 1 50%;
    min-width: 0;
    padding: 0 14px 24px;
    overflow-y: auto;
  }
  .environment-facts .card {
    margin: 14px 0 0;
  }
  .environment-packages {
    display: flex;
    flex: 1 1 50%;
    flex-direction: column;
    min-width: 0;
    border-left: 1px solid var(--vscode-panel-border, var(--vscode-contrastBorder));
  }
  .environment-packages h2 {
    display: flex;
    flex: none;
    align-items: center;
    gap: 6px;
    margin: 8px 8px 0;
    font-size: 11px;
    font-weight: 700;
  }
  .environment-packages h2 .muted {
    font-weight: 400;
  }
  .environment-packages h2 .icon-button {
    margin-left: auto;
  }
  .environment-title {
    flex: none;
    margin: 8px 14px;
  }
  .environment-grid {
    flex: 1;
    min-height: 160px;
  }
  @media (max-width: 640px) {
    .environment {
      flex-direction: column;
      overflow-y: auto;
    }
    .environment-facts,
    .environment-packages {
      flex: none;
      border-left: 0;
    }
    .environment-packages {
      height: 420px;
    }
  }
`;
