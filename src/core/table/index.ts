export { DuckDb, type DuckDbOptions, openDuckDb, type QueryOptions, type QueryResult } from "./duckDb.js";
export { countRows, openTable, type OpenTableOptions, queryTable, type Table } from "./openTable.js";
export { identifier, literal } from "./sql.js";
export { stampOf } from "./head.js";
export { openTableView } from "./view/openTableView.js";
export { sizeOfTable } from "./view/sizeOfTable.js";
export type { TableView } from "./view/types.js";
