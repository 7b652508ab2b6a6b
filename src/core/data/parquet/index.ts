export { PageReader } from "./decode.js";
export { encodePages } from "./encode.js";
export { pagesIn } from "./layout.js";
