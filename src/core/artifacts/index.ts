export { artifactPathOf } from "./artifactUri.js";
export { openArtifactStore } from "./openArtifactStore.js";
export type { ArtifactStore, ByteRange } from "./types.js";
