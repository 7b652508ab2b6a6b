export { openTrackingStore, type TrackingStoreOptions } from "./openTrackingStore.js";
export type { GarbageItem, Purged } from "./purge.js";
export type { Session } from "./session.js";
export { type Counts, SqliteTrackingStore } from "./sqliteTrackingStore.js";
export type * from "./types.js";
export { LIMITS } from "./validate.js";
