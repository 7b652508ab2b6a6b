import { css } from "lit";

export const tableStyles = css`
  cairn-table {
    display: flex;
    flex-direction: column;
    height: 100%;
    min-width: 0;
    min-height: 0;
  }
  cairn-table > .banner,
  .table-facts {
    flex: none;
  }
  cairn-table > cairn-grid {
    height: auto;
    min-height: 0;
  }
  .table-facts {
    padding: 4px 8px;
    color: var(--vscode-descriptionForeground);
    font-variant-numeric: tabular-nums;
  }
  .table-number,
  .table-null {
    color: var(--vscode-descriptionForeground);
  }
  .table-null {
    font-style: italic;
  }
  .table-waits {
    display: inline-block;
    width: 60%;
    height: 8px;
    border-radius: 2px;
    background: color-mix(in srgb, var(--vscode-foreground) 12%, transparent);
  }
`;
