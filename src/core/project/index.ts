export { distFile, mediaFile, nativeTarget } from "./dist.js";
export { projectPaths, readerPaths, type ProjectPaths } from "./paths.js";
