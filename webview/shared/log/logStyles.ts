import { css } from "lit";

export const logStyles = css`
  cairn-log {
    display: flex;
    flex-direction: column;
    height: 100%;
    min-height: 0;
  }
  .log-bar {
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    gap: 4px;
    flex: none;
    padding: 6px 10px;
    border-bottom: 1px solid var(--vscode-panel-border, var(--vscode-contrastBorder));
  }
  .log-scroll {
    overflow: auto;
    padding: 4px 0;
    background: var(
      --vscode-terminal-background,
      var(--vscode-panel-background, var(--vscode-editor-background))
    );
    color: var(--vscode-terminal-foreground, var(--vscode-foreground));
  }
  .log-lines {
    position: relative;
    width: max-content;
    min-width: 100%;
  }
  .log-line {
    height: 18px;
    padding: 0 12px;
    line-height: 18px;
    white-space: pre;
  }
  .log-line.found {
    background: var(--vscode-editor-findMatchHighlightBackground);
    outline: 1px dotted
      var(--vscode-editor-findMatchHighlightBorder, var(--vscode-contrastActiveBorder, transparent));
    outline-offset: -1px;
  }
  .log-link {
    color: inherit;
    text-decoration: underline;
    text-decoration-style: dotted;
    white-space: pre;
  }
  .log-link:hover {
    color: var(--vscode-textLink-foreground);
    text-decoration-style: solid;
  }
  .log-find-box {
    display: flex;
    flex: 0 1 300px;
    align-items: center;
    min-width: 120px;
  }
  .log-bar > .grow {
    min-width: 140px;
  }
  .log-find-box .input {
    padding-right: 50px;
  }
  .log-find-box .log-toggles {
    display: flex;
    gap: 1px;
    margin-left: -48px;
  }
  .log-toggles .icon-button {
    width: 20px;
    height: 20px;
  }
  .log-find[aria-invalid="true"] {
    outline: 1px solid var(--vscode-inputValidation-errorBorder, var(--vscode-errorForeground));
    outline-offset: -1px;
  }
  .log-line mark {
    outline: 1px solid var(--vscode-editor-findMatchBorder, var(--vscode-contrastActiveBorder, transparent));
    background: var(--vscode-editor-findMatchBackground, transparent);
    color: inherit;
  }
`;
