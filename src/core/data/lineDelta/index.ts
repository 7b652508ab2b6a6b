export { decodeLineDelta } from "./decode.js";
export { encodeLineDelta } from "./encode.js";
