export { checkMark } from "./gridParts.js";
export { gridStyles } from "./gridStyles.js";
export type { Selection } from "./selection.js";
export { sortRows } from "./sortRows.js";
export type { GridColumn, GridEvents, GridMove, GridSort, GridTree } from "./types.js";
export { VirtualGrid } from "./virtualGrid.js";
