import * as z from "zod";
import { type ArtifactStore, artifactPathOf } from "../../core/artifacts/index.js";
import type { TrackingStore } from "../../core/tracking/types.js";
import { CairnError } from "../../shared/errors.js";
import type { TableSource } from "../../shared/protocol.js";
import type { TableReader } from "../tables/tableReader.js";
import { id, tableRange } from "./schemas.js";
import type { Handlers } from "./types.js";

const source = z.object({ runId: id, path: z.string().min(1).max(10_000) });

export function tableHandlers(deps: {
  store: TrackingStore;
  artifacts: ArtifactStore;
  tables: TableReader;
}): Pick<Handlers, "tableOpen" | "tableRows"> {
  return {
    tableOpen: {
      params: source,
      handle: async (params, { signal }) =>
        deps.tables.do("tableOpen", { file: await fileOf(deps, params) }, signal),
    },
    tableRows: {
      params: z.object({ source, stamp: z.string(), range: tableRange }),
      handle: async ({ source: from, stamp, range }, { signal }) =>
        deps.tables.do("tableRows", { file: await fileOf(deps, from), stamp, range }, signal),
    },
  };
}

/** Refuses a path that leaves the run's own folder. */
async function fileOf(
  { store, artifacts }: { store: TrackingStore; artifacts: ArtifactStore },
  { runId, path }: TableSource,
): Promise<string> {
  const { info } = await store.getRun(runId);
  const base = artifactPathOf(info.artifactUri);
  if (base === undefined)
    throw new CairnError("notFound", `The artifacts of this run are kept elsewhere, at ${info.artifactUri}.`);
  if (path.startsWith("/")) throw new CairnError("invalid", `Invalid path: ${JSON.stringify(path)}`);
  return artifacts.fileOf(`${base}/${path}`);
}
