import { html, nothing, type TemplateResult } from "lit";
import type { ChartOptions, ChartSettings, ChartSize, XAxis } from "../../../src/shared/charts.js";
import { iconButton } from "../icon.js";
import { searchField } from "../searchField.js";

const AXES: readonly { id: XAxis; title: string }[] = [
  { id: "step", title: "Step" },
  { id: "wall", title: "Time of day" },
  { id: "relative", title: "Time since start" },
];

const SIZES: readonly { id: ChartSize; title: string }[] = [
  { id: "small", title: "Small" },
  { id: "medium", title: "Medium" },
  { id: "large", title: "Large" },
];

/** The slider is finer where the average reacts more. */
const SLIDER_TOP = 100;
const toWeight = (place: number): number => Number((1 - (1 - place / SLIDER_TOP) ** 2).toFixed(4)) * 0.999;
const toPlace = (weight: number): number => Math.round((1 - Math.sqrt(1 - weight / 0.999)) * SLIDER_TOP);

/** What can be set for all charts and for one. */
export function optionControls(
  options: ChartOptions,
  change: (change: Partial<ChartOptions>) => void,
): TemplateResult {
  const { x, logX, logY, smoothing, ignoreOutliers } = options;
  return html`<select
      class="input chart-select"
      title="Horizontal axis"
      aria-label="Horizontal axis"
      @change=${(event: Event) => {
        change({ x: (event.target as HTMLSelectElement).value as XAxis });
      }}
    >
      ${AXES.map(({ id, title }) => html`<option value=${id} ?selected=${id === x}>${title}</option>`)}
    </select>
    <label class="chart-smoothing" title="Smoothing: weight of the exponential moving average"
      ><span class="codicon codicon-pulse" aria-hidden="true"></span
      ><input
        type="range"
        min="0"
        max=${SLIDER_TOP}
        step="1"
        aria-label="Smoothing"
        aria-valuetext=${smoothing === 0 ? "none" : smoothing.toFixed(3)}
        .value=${String(toPlace(smoothing))}
        @input=${(event: InputEvent) => {
          change({ smoothing: toWeight(Number((event.target as HTMLInputElement).value)) });
        }}
      /><output class="number">${smoothing === 0 ? "0" : smoothing.toFixed(2)}</output></label
    >
    ${textButton("x", "Logarithmic horizontal axis", logX && x !== "wall", x === "wall", () => {
      change({ logX: !logX });
    })}
    ${textButton("y", "Logarithmic vertical axis", logY, false, () => {
      change({ logY: !logY });
    })}
    ${iconButton({
      icon: "filter",
      label: "Leave the highest and lowest 5 % out of the vertical axis",
      pressed: ignoreOutliers,
      onClick: () => {
        change({ ignoreOutliers: !ignoreOutliers });
      },
    })}`;
}

function textButton(
  axis: string,
  label: string,
  pressed: boolean,
  disabled: boolean,
  onClick: () => void,
): TemplateResult {
  return html`<button
    class="icon-button text-button"
    type="button"
    title=${label}
    aria-label=${label}
    aria-pressed=${String(pressed)}
    ?disabled=${disabled}
    @click=${onClick}
  >
    log&thinsp;${axis}
  </button>`;
}

/** The bar above the charts of a panel. */
export function chartBar(
  settings: ChartSettings,
  { search, isGrouped }: { search: string; isGrouped: boolean },
  actions: {
    change: (change: Partial<ChartSettings>) => void;
    search: (text: string) => void;
  },
): TemplateResult {
  const { size, syncZoom, bands, hidden } = settings;
  return html`<div class="chart-bar" role="toolbar" aria-label="Charts">
    <span class="chart-choice">
      ${searchField({
        hint: "Filter charts",
        label: "Filter charts by metric name",
        value: search,
        change: actions.search,
      })}
      <select
        class="input chart-select"
        title="Size of the charts"
        aria-label="Size of the charts"
        @change=${(event: Event) => {
          actions.change({ size: (event.target as HTMLSelectElement).value as ChartSize });
        }}
      >
        ${SIZES.map(({ id, title }) => html`<option value=${id} ?selected=${id === size}>${title}</option>`)}
      </select>
    </span>
    <span class="chart-options"
      >${optionControls(settings, actions.change)}
      ${iconButton({
        icon: "link",
        label: "Zoom all charts together",
        pressed: syncZoom,
        onClick: () => {
          actions.change({ syncZoom: !syncZoom });
        },
      })}
      ${
        isGrouped
          ? iconButton({
              icon: "layers",
              label: "Draw each group as its mean between lowest and highest",
              pressed: bands,
              onClick: () => {
                actions.change({ bands: !bands });
              },
            })
          : nothing
      }</span
    >
    ${
      hidden.length > 0
        ? html`<button
            class="link chart-unhide"
            type="button"
            @click=${() => {
              actions.change({ hidden: [] });
            }}
          >
            Show ${hidden.length} hidden
          </button>`
        : nothing
    }
  </div>`;
}
