export { decodeTable } from "./decodeTable.js";
export { type Dialect, dialectOf, recordsOf } from "./dialect.js";
export { encodeTable } from "./encodeTable.js";
export { SectionReader, SectionWriter } from "./sections.js";
export { decodeCells } from "./decodeCells.js";
export { encodeCells } from "./encodeCells.js";
