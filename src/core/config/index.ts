export type { Entry } from "./entry.js";
export { loadConfig, type LoadedConfig } from "./loadConfig.js";
export { parseYaml, type ParsedYaml } from "./parseYaml.js";
export { configJsonSchema, type ProjectConfigData } from "./schema.js";
export { systemInterval } from "./systemInterval.js";
export { isTrusted, requireTrust, trustFile, trustProject } from "./trust.js";
