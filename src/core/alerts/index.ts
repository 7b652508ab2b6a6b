export { AlertRepository, type DueDelivery, type NewAlert } from "./repository.js";
export { type BestValue, findingsOfEnd } from "./endOfRun.js";
export { alertRules } from "./rules.js";
export { RunMonitor } from "./runMonitor.js";
export type { Finding, Rule } from "./types.js";
