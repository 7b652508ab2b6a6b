export { distFile, mediaFile } from "./dist.js";
export { projectPaths, type ProjectPaths } from "./paths.js";
