export { decodeLineDelta } from "./decode.js";
export { encodeLineDelta } from "./encode.js";
export { ByteReader } from "./byteReader.js";
export { ByteWriter } from "./byteWriter.js";
export { Filled } from "./filled.js";
export { matchRows, NO_LINE } from "./match.js";
