import { html, type TemplateResult } from "lit";

/** A field that narrows down what is listed, as it is typed into. */
export function searchField(options: {
  /** What is shown while nothing is typed. */
  hint: string;
  label: string;
  value: string;
  change: (text: string) => void;
}): TemplateResult {
  return html`<input
    class="input search-field"
    type="search"
    spellcheck="false"
    placeholder=${options.hint}
    aria-label=${options.label}
    .value=${options.value}
    @input=${(event: InputEvent) => {
      options.change((event.target as HTMLInputElement).value);
    }}
  />`;
}
