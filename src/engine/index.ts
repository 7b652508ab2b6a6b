export { type Engine, startEngine } from "./engine.js";
export type { EngineOptions } from "./options.js";
export { withEngine } from "./withEngine.js";
