// Not captured.ts: it needs zod, which a window that starts should not have to load.
export { type ArtifactReader, readArtifactPart, readWholeArtifact } from "./artifactBytes.js";
export { connectEngine } from "./connect.js";
export { findNode, type NodeCommand } from "./findNode.js";
export { type EngineFile, readEngineFile } from "./handshake.js";
export { type Access, accessFile, readAccess } from "./rememberedAccess.js";
export { ReconnectingEngine, type ReconnectingOptions } from "./reconnecting.js";
export type { ConnectOptions, EngineClient, RequestOptions } from "./types.js";
