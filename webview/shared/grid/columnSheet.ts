import type { ColumnLayout } from "./columnLayout.js";

let grids = 0;

/** Column widths as one constructed style sheet: resizing a column touches no cell. */
export class ColumnSheet {
  readonly scope = `grid-${++grids}`;
  private readonly sheet = new CSSStyleSheet();
  private text = "";

  attach(): void {
    document.adoptedStyleSheets = [...document.adoptedStyleSheets, this.sheet];
  }

  detach(): void {
    document.adoptedStyleSheets = document.adoptedStyleSheets.filter((sheet) => sheet !== this.sheet);
  }

  update(layout: ColumnLayout): void {
    const rules = layout.widths.map((width, i) => {
      const pin = i < layout.pinned ? `position:sticky;left:${layout.starts[i] ?? 0}px;z-index:1;` : "";
      return `.${this.scope} .col-${i}{width:${width}px;${pin}}`;
    });
    rules.push(`.${this.scope} .grid-row,.${this.scope} .grid-head{width:${layout.total}px}`);
    const text = rules.join("\n");
    if (text === this.text) return;
    this.text = text;
    this.sheet.replaceSync(text);
  }
}
