import { html, type TemplateResult } from "lit";
import { formatNumber } from "../format.js";
import { styled } from "../styled.js";

export interface SingleValue {
  id: string;
  name: string;
  color: string;
  value: number;
}

/** A metric that was logged once has no curve: its value, or a bar for each run. */
export function singleValues(values: readonly SingleValue[], highlight: string | undefined): TemplateResult {
  const [only] = values;
  if (only && values.length === 1)
    return html`<div class="single"><span class="single-value">${formatNumber(only.value, 6)}</span></div>`;
  const finite = values.map(({ value }) => value).filter(Number.isFinite);
  const low = Math.min(0, ...finite);
  const high = Math.max(0, ...finite);
  const share = (value: number): number => (high > low ? ((value - low) / (high - low)) * 100 : 0);
  const sorted = [...values].sort((a, b) => b.value - a.value);
  return html`<div class="bars" role="list">
    ${sorted.map(({ id, name, color, value }) => {
      const [from, to] = Number.isFinite(value)
        ? [share(Math.min(0, value)), share(Math.max(0, value))]
        : [0, 0];
      return html`<div
        class="bar-row ${highlight !== undefined && highlight !== id ? "faded" : ""}"
        role="listitem"
      >
        <span class="clip bar-name" title=${name}>${name}</span>
        <span class="bar-track"
          ><span
            class="bar"
            ${styled({ left: `${from}%`, width: `${to - from}%`, backgroundColor: color })}
          ></span
        ></span>
        <span class="number">${formatNumber(value)}</span>
      </div>`;
    })}
  </div>`;
}

/** The values in words. */
export function singleSummary(values: readonly SingleValue[]): string {
  return values.map(({ name, value }) => `${name}: ${formatNumber(value)}`).join("; ");
}
