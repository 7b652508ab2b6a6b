import { html, type TemplateResult } from "lit";
import { RUN_TABS, type RunTab } from "../../src/shared/run/api.js";

const TITLES: Record<RunTab, string> = {
  overview: "Overview",
  parameters: "Parameters",
  metrics: "Metrics",
  system: "System",
  console: "Console",
  artifacts: "Artifacts",
  code: "Code",
  environment: "Environment",
};

/** The panel's tabs, after the ARIA pattern: one stop of the Tab key, the arrows go from one to the next. */
export function tabBar(active: RunTab, choose: (tab: RunTab) => void): TemplateResult {
  const goTo = (tab: RunTab | undefined): void => {
    if (!tab) return;
    choose(tab);
    document.getElementById(`tab-${tab}`)?.focus();
  };
  const onKey = (event: KeyboardEvent): void => {
    const at = RUN_TABS.indexOf(active);
    const count = RUN_TABS.length;
    if (event.key === "ArrowRight") goTo(RUN_TABS[(at + 1) % count]);
    else if (event.key === "ArrowLeft") goTo(RUN_TABS[(at - 1 + count) % count]);
    else if (event.key === "Home") goTo(RUN_TABS[0]);
    else if (event.key === "End") goTo(RUN_TABS[count - 1]);
    else return;
    event.preventDefault();
  };
  return html`<div class="tabs" role="tablist" aria-label="Run" @keydown=${onKey}>
    ${RUN_TABS.map(
      (tab) =>
        html`<button
          class="tab"
          type="button"
          role="tab"
          id=${`tab-${tab}`}
          aria-selected=${tab === active}
          aria-controls="tab-content"
          tabindex=${tab === active ? 0 : -1}
          @click=${() => {
            choose(tab);
          }}
        >
          ${TITLES[tab]}
        </button>`,
    )}
  </div>`;
}
