import * as z from "zod";
import type { ArtifactStore } from "../../core/artifacts/index.js";
import type { Launcher } from "../../core/runs/types.js";
import type { TrackingStore } from "../../core/tracking/types.js";
import { listArtifacts } from "./artifacts.js";
import { readRunTable, rowOf } from "./runTable.js";
import { filter, id, ids, noParams, orderBy, pageToken, view } from "./schemas.js";
import type { Handlers } from "./types.js";

const text = z.string().max(100_000);
const tags = z.array(z.object({ key: z.string(), value: z.string() })).max(100);
const launchSpec = z.object({
  entry: text.optional(),
  command: z.array(text).max(10_000).optional(),
  file: text.optional(),
  python: text.optional(),
  params: z.record(z.string(), text).optional(),
  experiment: z.string().max(500).optional(),
  name: z.string().max(8000).optional(),
  note: text.optional(),
  data: z.array(text).max(10_000).optional(),
  cwd: text.optional(),
  env: z.record(z.string(), text).optional(),
});

type Topic =
  | "runTable"
  | "runSearch"
  | "run"
  | "runDelete"
  | "runRestore"
  | "runSetTags"
  | "runTags"
  | "runStart"
  | "runStop"
  | "entries";

export function runHandlers(deps: {
  store: TrackingStore;
  launcher: Launcher;
  artifacts: ArtifactStore;
}): Pick<Handlers, Topic> {
  const { store, launcher, artifacts } = deps;
  const launched = (runId: string) => launcher.launched(runId);
  return {
    runTable: {
      params: z.object({
        experimentIds: ids,
        view,
        limit: z.int().min(1).max(50_000),
        filter,
        orderBy,
      }),
      handle: (params) => readRunTable(store, launched, params),
    },
    runSearch: {
      params: z.object({
        experimentIds: ids.optional(),
        filter,
        orderBy,
        maxResults: z.int().min(1).max(50_000).optional(),
        pageToken,
        view: view.optional(),
      }),
      async handle({ experimentIds, view: viewType, ...query }) {
        return store.searchRuns({
          ...query,
          viewType,
          experimentIds: experimentIds ?? (await activeExperiments(store)),
        });
      },
    },
    run: {
      params: z.object({ runId: id }),
      async handle({ runId }) {
        const run = await store.getRun(runId);
        const { files } = await listArtifacts(store, artifacts, { runId });
        return { run, row: rowOf(run, launched(runId)), artifacts: files };
      },
    },
    runDelete: {
      params: z.object({ runIds: ids }),
      async handle({ runIds }) {
        for (const runId of runIds) await store.deleteRun(runId);
        return null;
      },
    },
    runRestore: {
      params: z.object({ runIds: ids }),
      async handle({ runIds }) {
        for (const runId of runIds) await store.restoreRun(runId);
        return null;
      },
    },
    runSetTags: {
      params: z.object({
        runId: id,
        tags,
      }),
      async handle({ runId, tags }) {
        await store.logBatch(runId, { tags });
        return null;
      },
    },
    runTags: {
      params: z.object({ runIds: ids, set: tags, remove: z.array(z.string()).max(100) }),
      async handle({ runIds, set, remove }) {
        for (const runId of runIds) {
          if (set.length > 0) await store.logBatch(runId, { tags: set });
          if (remove.length === 0) continue;
          const { data } = await store.getRun(runId);
          const present = new Set(data.tags.map(({ key }) => key));
          for (const key of remove) if (present.has(key)) await store.deleteTag(runId, key);
        }
        return null;
      },
    },
    runStart: { params: launchSpec, handle: (spec) => launcher.start(spec) },
    runStop: { params: z.object({ runId: id }), handle: ({ runId }) => launcher.stop(runId) },
    entries: { params: noParams, handle: () => launcher.entries() },
  };
}

async function activeExperiments(store: TrackingStore): Promise<string[]> {
  const found: string[] = [];
  let token: string | undefined;
  do {
    const page = await store.searchExperiments({ maxResults: 1000, pageToken: token });
    found.push(...page.items.map((experiment) => experiment.experimentId));
    token = page.nextPageToken;
  } while (token !== undefined);
  return found;
}
