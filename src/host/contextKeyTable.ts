import type { ErrorCode } from "../shared/errors.js";

/** Every `when` context of Cairn and its values. package.json uses these names. */
export interface ContextKeys {
  /** A folder of the workspace has a database. */
  "cairn.hasProject": boolean;
  "cairn.hasRuns": boolean;
  "cairn.hasActiveRuns": boolean;
  /** The tree lists what was deleted. */
  "cairn.showDeleted": boolean;
  /** An engine is connected. */
  "cairn.connected": boolean;
  /** New terminals of a folder log to its engine. */
  "cairn.tracksTerminals": boolean;
  /** Another host owns the project. */
  "cairn.readOnly": boolean;
  /** Why no engine can be reached; empty while one can, or none was asked for. */
  "cairn.problem": ErrorCode | "";
}

/** Their values at first. A test holds the conditions of package.json to these names. */
export const contextDefaults: ContextKeys = {
  "cairn.hasProject": false,
  "cairn.hasRuns": false,
  "cairn.hasActiveRuns": false,
  "cairn.showDeleted": false,
  "cairn.connected": false,
  "cairn.tracksTerminals": false,
  "cairn.readOnly": false,
  "cairn.problem": "",
};
