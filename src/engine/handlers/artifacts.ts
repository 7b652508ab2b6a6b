import path from "node:path";
import * as z from "zod";
import { type ArtifactStore, artifactPathOf } from "../../core/artifacts/index.js";
import type { TrackingStore } from "../../core/tracking/types.js";
import type { EngineRequests } from "../../shared/protocol.js";
import { id } from "./schemas.js";
import type { Handlers } from "./types.js";

export function artifactHandlers(deps: {
  store: TrackingStore;
  artifacts: ArtifactStore;
}): Pick<Handlers, "artifacts"> {
  return {
    artifacts: {
      params: z.object({ runId: id, path: z.string().max(10_000).optional() }),
      handle: (params) => listArtifacts(deps.store, deps.artifacts, params),
    },
  };
}

/** Files of a run below `path`, named relative to the run's own folder `root`; none where its artifacts lie elsewhere. */
export async function listArtifacts(
  store: TrackingStore,
  artifacts: ArtifactStore,
  query: EngineRequests["artifacts"]["params"],
): Promise<EngineRequests["artifacts"]["result"]> {
  const { info } = await store.getRun(query.runId);
  const base = artifactPathOf(info.artifactUri);
  if (base === undefined) return { root: info.artifactUri, files: [] };
  const files = await artifacts.list(query.path ? `${base}/${query.path}` : base);
  return {
    root: path.join(artifacts.root, ...base.split("/")),
    files: files.map((file) => ({ ...file, path: path.posix.relative(base, file.path) })),
  };
}
