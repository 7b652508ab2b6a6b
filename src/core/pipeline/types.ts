import type { StageOut } from "../../shared/pipeline/api.js";
import type { Value } from "./format/values.js";

export interface OutDefinition {
  /** As the file has it, relative to the working folder. */
  path: string;
  kind: StageOut["kind"];
  cached: boolean;
  persisted: boolean;
}

/** Parameters of one file that a stage depends on. */
export interface ParamsDefinition {
  /** As the file has it, relative to the working folder. */
  path: string;
  /** All of the file's where none is named. */
  names: string[];
}

/** A stage with nothing left to fill in. Folders are absolute. */
export interface StageDefinition {
  /** In its file, as its lock names it. */
  name: string;
  /** Relative to the project, with `/`. */
  file: string;
  /** Name before `@`. */
  group: string | null;
  cwd: string;
  /** As it is written into the lock. */
  command: string | string[];
  deps: string[];
  params: ParamsDefinition[];
  /** Values that stand in the definition itself, as cairn.yaml has them. */
  ownParams: Map<string, Value> | null;
  outs: OutDefinition[];
  frozen: boolean;
  alwaysChanged: boolean;
  description: string | null;
}
