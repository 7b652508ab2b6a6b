import { css, html, nothing, type TemplateResult } from "lit";
import { CairnError, toError } from "../../src/shared/errors.js";
import { icon } from "./icon.js";

export interface Step {
  label: string;
  onClick: () => void;
}

/** Nothing here yet: says what would be, and the one next step. */
export function emptyState(options: {
  icon: string;
  title: string;
  text: string;
  step?: Step;
}): TemplateResult {
  return html`<div class="state" role="status">
    ${icon(options.icon, "state-icon")}
    <h2>${options.title}</h2>
    <p>${options.text}</p>
    ${
      options.step
        ? html`<vscode-button @click=${options.step.onClick}>${options.step.label}</vscode-button>`
        : nothing
    }
  </div>`;
}

/** What failed, why, and what to do. */
export function errorState(thrown: unknown, retry: Step): TemplateResult {
  const error = toError(thrown);
  const hint = error instanceof CairnError ? error.hint : undefined;
  return html`<div class="state" role="alert">
    ${icon("error", "state-icon status-failed")}
    <h2>${error.message}</h2>
    ${hint === undefined ? nothing : html`<p>${hint}</p>`}
    <vscode-button @click=${retry.onClick}>${retry.label}</vscode-button>
  </div>`;
}

/** Grey bars in the shape of what is coming. */
export function loadingState(label: string, rows = 8): TemplateResult {
  return html`<div class="skeleton" role="status" aria-label=${label}>
    ${Array.from({ length: rows }, (_, i) => html`<div class="bone bone-${i % 4}"></div>`)}
  </div>`;
}

/** A strip over the panel's content, for what does not stop it from being read. */
export function banner(kind: "warning" | "error" | "info", text: string, step?: Step): TemplateResult {
  return html`<div class="banner banner-${kind}" role=${kind === "info" ? "status" : "alert"}>
    ${icon(kind)}<span class="grow">${text}</span>
    ${step ? html`<button class="link" type="button" @click=${step.onClick}>${step.label}</button>` : nothing}
  </div>`;
}

export const stateStyles = css`
  .state {
    display: flex;
    flex-direction: column;
    align-items: center;
    justify-content: center;
    gap: 8px;
    height: 100%;
    padding: 24px;
    text-align: center;
  }
  .state h2 {
    max-width: 560px;
    margin: 0;
    font-size: 1.15em;
    font-weight: 600;
    overflow-wrap: anywhere;
  }
  .state p {
    max-width: 460px;
    margin: 0 0 8px;
    color: var(--vscode-descriptionForeground);
    line-height: 1.45;
    overflow-wrap: anywhere;
  }
  .state .state-icon {
    font-size: 32px;
    color: var(--vscode-descriptionForeground);
  }
  .state .state-icon.status-failed {
    color: var(--vscode-errorForeground);
  }
  .skeleton {
    display: flex;
    flex-direction: column;
    gap: 12px;
    padding: 16px;
  }
  .bone {
    height: 10px;
    border-radius: 3px;
    background: var(--vscode-foreground);
    opacity: 0.09;
    animation: breathe 1.6s ease-in-out infinite;
  }
  .bone-0 {
    width: 72%;
  }
  .bone-1 {
    width: 88%;
  }
  .bone-2 {
    width: 55%;
  }
  .bone-3 {
    width: 80%;
  }
  @keyframes breathe {
    50% {
      opacity: 0.16;
    }
  }
  @media (prefers-reduced-motion: reduce) {
    .bone {
      animation: none;
    }
  }
  .banner {
    display: flex;
    align-items: center;
    gap: 8px;
    flex: none;
    padding: 5px 12px;
    border-bottom: 1px solid var(--vscode-panel-border);
    line-height: 1.4;
  }
  .banner-warning {
    background: var(--vscode-inputValidation-warningBackground);
    border-bottom-color: var(--vscode-inputValidation-warningBorder);
    color: var(--vscode-inputValidation-warningForeground, inherit);
  }
  .banner-error {
    background: var(--vscode-inputValidation-errorBackground);
    border-bottom-color: var(--vscode-inputValidation-errorBorder);
    color: var(--vscode-inputValidation-errorForeground, inherit);
  }
  .banner-info {
    background: var(--vscode-inputValidation-infoBackground);
    border-bottom-color: var(--vscode-inputValidation-infoBorder);
    color: var(--vscode-inputValidation-infoForeground, inherit);
  }
`;
