export { artifactPathOf } from "./artifactUri.js";
export { openArtifactStore } from "./openArtifactStore.js";
export type { ArtifactStore } from "./types.js";
