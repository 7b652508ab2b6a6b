import { artifactPathOf, type ArtifactStore } from "../../core/artifacts/index.js";
import type { TrackingStore } from "../../core/tracking/types.js";
import { invalid } from "./faults.js";
import { optionalString, runIdOf } from "./fields.js";
import type { Route } from "./route.js";
import { fileJson, list } from "./wire.js";

export function artifactRoutes(store: TrackingStore, artifacts: ArtifactStore): Route[] {
  const listBelow = async (uri: string, path: string): Promise<object> => {
    const root = rootOf(uri);
    const files = await artifacts.list(joinPaths(root, path));
    return {
      root_uri: uri,
      files: list(files.map((file) => fileJson(file, file.path.slice(root.length + 1)))),
    };
  };
  return [
    {
      method: "GET",
      path: "artifacts/list",
      handle: async (input) => {
        const { info } = await store.getRun(runIdOf(input));
        return listBelow(info.artifactUri, optionalString(input, "path") ?? "");
      },
    },
    {
      method: "GET",
      path: "logged-models/:modelId/artifacts/directories",
      handle: async (input, { modelId = "" }) => {
        const model = await store.getLoggedModel(modelId);
        return listBelow(model.artifactUri, optionalString(input, "artifact_directory_path") ?? "");
      },
    },
  ];
}

/** Where the artifacts of a run or a model lie below the store's root. */
export function rootOf(uri: string): string {
  const root = artifactPathOf(uri);
  if (root === undefined) {
    throw invalid(`These artifacts are kept outside this project, at ${uri}; ask for them there.`);
  }
  return root;
}

/** Keeps a path that a client sent below `root`: an absolute one or one with `..` is refused by the store. */
export function joinPaths(root: string, path: string): string {
  if (path.startsWith("/") || path.split("/").includes("..")) throw invalid("Invalid path");
  return path === "" ? root : `${root}/${path}`;
}
