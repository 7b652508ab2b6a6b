export { distFile, mediaFile } from "./dist.js";
export { projectPaths, readerPaths, type ProjectPaths } from "./paths.js";
