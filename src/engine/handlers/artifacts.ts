import path from "node:path";
import { buffer } from "node:stream/consumers";
import * as z from "zod";
import { type ArtifactStore, artifactPathOf } from "../../core/artifacts/index.js";
import type { TrackingStore } from "../../core/tracking/types.js";
import { CairnError } from "../../shared/errors.js";
import type { EngineRequests } from "../../shared/protocol.js";
import { id, ids } from "./schemas.js";
import type { Handlers } from "./types.js";

/** Bytes of one answer at most, whatever is asked for. */
const MAX_READ = 4 * 1024 * 1024;

export function artifactHandlers(deps: {
  store: TrackingStore;
  artifacts: ArtifactStore;
}): Pick<Handlers, "artifacts" | "artifactRead" | "modelFolders"> {
  return {
    artifacts: {
      params: z.object({ runId: id, path: z.string().max(10_000).optional() }),
      handle: (params) => listArtifacts(deps.store, deps.artifacts, params),
    },
    modelFolders: {
      params: z.object({ modelIds: ids }),
      handle: async ({ modelIds }) => {
        const found = await Promise.all(
          modelIds.map((modelId) => modelFolder(deps.store, deps.artifacts, modelId)),
        );
        return { models: found.filter((model) => model !== undefined) };
      },
    },
    artifactRead: {
      params: z.object({
        runId: id,
        path: z.string().min(1).max(10_000),
        start: z.int().min(0),
        length: z.int().min(1),
      }),
      handle: (params) => readArtifact(deps.store, deps.artifacts, params),
    },
  };
}

async function modelFolder(store: TrackingStore, artifacts: ArtifactStore, modelId: string) {
  try {
    const { name, artifactUri } = await store.getLoggedModel(modelId);
    return { modelId, name, root: folderOf(artifacts, artifactUri) };
  } catch (error) {
    if (error instanceof CairnError && error.code === "notFound") return undefined;
    throw error;
  }
}

/** Where files lie on this machine; the URI itself for those kept elsewhere. */
function folderOf(artifacts: ArtifactStore, uri: string): string {
  const base = artifactPathOf(uri);
  return base === undefined ? uri : path.join(artifacts.root, ...base.split("/"));
}

/** A part of one file of a run. Refuses a path that leaves the run's own folder. */
async function readArtifact(
  store: TrackingStore,
  artifacts: ArtifactStore,
  { runId, path: file, start, length }: EngineRequests["artifactRead"]["params"],
): Promise<EngineRequests["artifactRead"]["result"]> {
  const { info } = await store.getRun(runId);
  const base = artifactPathOf(info.artifactUri);
  if (base === undefined) {
    throw new CairnError("notFound", `The artifacts of this run are kept elsewhere, at ${info.artifactUri}.`);
  }
  if (file.startsWith("/")) throw new CairnError("invalid", `Invalid path: ${JSON.stringify(file)}`);
  const range = { start, length: Math.min(length, MAX_READ) };
  const { stream, size } = await artifacts.read(`${base}/${file}`, range);
  const data = await buffer(stream);
  return { data: data.toString("base64"), start, size };
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
    root: folderOf(artifacts, info.artifactUri),
    files: files.map((file) => ({ ...file, path: path.posix.relative(base, file.path) })),
  };
}
