// The elements that every panel uses; imported for their registration.
import "@vscode-elements/elements/dist/vscode-button/index.js";
import "./contextMenu.js";
import "./swatch.js";
import { menuStyles } from "./contextMenu.js";
import { stateStyles } from "./states.js";
import { adoptStyles, baseStyles } from "./styles.js";

/** Gives the page the looks that every panel shares. */
export function startPanel(): void {
  adoptStyles(baseStyles, stateStyles, menuStyles);
}
