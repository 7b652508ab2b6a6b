export { TableGrid, type TableRows } from "./tableGrid.js";
export { tableStyles } from "./tableStyles.js";
