import type { DataSetSummary, DataStatus, DataVersion } from "../../shared/data/api.js";
import type { StageInfo } from "../../shared/pipeline/api.js";
import type { ProjectConnection } from "../engine/projectConnection.js";
import type { MoreNode, ProjectNode, RunNode } from "../tree/nodes.js";

/** A dataset as far as it is known yet: Cairn's versions of it, how it stands. */
export interface DataItem {
  /** Relative to the project, with `/`. */
  path: string;
  summary: DataSetSummary | undefined;
  status: DataStatus | undefined;
}

export interface DataSetNode {
  kind: "dataset";
  id: string;
  project: ProjectConnection;
  item: DataItem;
  /** How many versions are listed. */
  limit: number;
}

export interface VersionNode {
  kind: "version";
  id: string;
  parent: DataSetNode;
  version: DataVersion;
}

/** "Show more" at the end of a list of datasets or versions. */
export interface MoreDataNode extends Pick<MoreNode, "kind" | "id"> {
  parent: DataSetNode | { kind: "datasets"; project: ProjectConnection };
}

/** Opens the runs panel with all runs of a version, of which the tree lists the newest. */
export interface AllRunsNode {
  kind: "allRuns";
  id: string;
  parent: VersionNode;
}

/** The stages of the project's pipelines. */
export interface StagesNode {
  kind: "stages";
  id: string;
  project: ProjectConnection;
}

export interface StageNode {
  kind: "stage";
  id: string;
  project: ProjectConnection;
  stage: StageInfo;
}

export type DataNode =
  ProjectNode | DataSetNode | VersionNode | RunNode | MoreDataNode | AllRunsNode | StagesNode | StageNode;
