export type { LogLink } from "./findLinks.js";
export { logStyles } from "./logStyles.js";
export { LogView } from "./logView.js";
