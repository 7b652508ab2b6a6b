import { noChange } from "lit";
import { Directive, PartType, directive, type ElementPart, type PartInfo } from "lit/directive.js";

/** Names as the style object has them: `transform`, `paddingLeft`. An empty value takes the property away. */
export type StyleValues = Record<string, string>;

class StyledDirective extends Directive {
  private before: StyleValues = {};

  constructor(part: PartInfo) {
    super(part);
    if (part.type !== PartType.ELEMENT)
      throw new Error("styled() stands in an element's tag, not in an attribute.");
  }

  override update(part: ElementPart, [values]: [StyleValues]): unknown {
    const style = (part.element as HTMLElement).style as unknown as Record<string, string>;
    for (const name of Object.keys(this.before)) if (!(name in values)) style[name] = "";
    for (const [name, value] of Object.entries(values)) if (this.before[name] !== value) style[name] = value;
    this.before = values;
    return noChange;
  }

  override render(...values: [StyleValues]): unknown {
    return values.length > 0 ? noChange : undefined;
  }
}

/**
 * Sets styles through the object model. Lit's own styleMap writes a style attribute on the first drawing, which the
 * content security policy refuses.
 */
export const styled = directive(StyledDirective);
