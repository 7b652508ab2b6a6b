import type { EngineRequests } from "../../shared/protocol.js";
import type { ProjectConnection } from "../engine/projectConnection.js";
import type { TreeRun } from "./treeRun.js";

export type ExperimentItem = EngineRequests["experiments"]["result"]["experiments"][number];

export interface ProjectNode {
  kind: "project";
  id: string;
  project: ProjectConnection;
}

export interface ExperimentNode {
  kind: "experiment";
  id: string;
  project: ProjectConnection;
  experiment: ExperimentItem;
  /** The first of the list, which is open from the start. */
  first: boolean;
  /** How many runs are asked for. */
  limit: number;
  /** What is drawn below it; undefined until it is opened. */
  children: (RunNode | MoreNode)[] | undefined;
}

export interface RunNode {
  kind: "run";
  id: string;
  project: ProjectConnection;
  run: TreeRun;
  children: RunNode[];
}

/** "Show more" at the end of a list. */
export interface MoreNode {
  kind: "more";
  id: string;
  parent: ExperimentNode | DeletedNode;
}

export interface DeletedNode {
  kind: "deleted";
  id: string;
  project: ProjectConnection;
  limit: number;
}

export type TreeNode = ProjectNode | ExperimentNode | RunNode | MoreNode | DeletedNode;
