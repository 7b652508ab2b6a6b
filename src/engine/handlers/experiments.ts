import * as z from "zod";
import type { TrackingStore } from "../../core/tracking/types.js";
import type { Experiment, ViewType } from "../../shared/tracking.js";
import type { DatabaseFacts } from "../facts.js";
import { id, view } from "./schemas.js";
import type { Handlers } from "./types.js";

const name = z.string().min(1).max(500);
const PAGE = 1000;

type Topic =
  "experiments" | "experimentCreate" | "experimentDelete" | "experimentRestore" | "experimentRename";

export function experimentHandlers(deps: {
  store: TrackingStore;
  facts: DatabaseFacts;
}): Pick<Handlers, Topic> {
  const { store } = deps;
  return {
    experiments: {
      params: z.object({ view }),
      async handle(params) {
        const counts = await deps.facts.countRuns();
        const found = await allExperiments(store, params.view);
        const experiments = found.map((experiment) => {
          const count = counts.get(experiment.experimentId);
          return { ...experiment, runCount: count?.runs ?? 0, activeRuns: count?.active ?? 0 };
        });
        return { experiments };
      },
    },
    experimentCreate: {
      params: z.object({ name }),
      async handle(params) {
        const { experimentId } = await store.createExperiment(params);
        return { experimentId };
      },
    },
    experimentDelete: {
      params: z.object({ experimentId: id }),
      async handle({ experimentId }) {
        await store.deleteExperiment(experimentId);
        return null;
      },
    },
    experimentRestore: {
      params: z.object({ experimentId: id }),
      async handle({ experimentId }) {
        await store.restoreExperiment(experimentId);
        return null;
      },
    },
    experimentRename: {
      params: z.object({ experimentId: id, name }),
      async handle(params) {
        await store.renameExperiment(params.experimentId, params.name);
        return null;
      },
    },
  };
}

async function allExperiments(store: TrackingStore, viewType: ViewType): Promise<Experiment[]> {
  const experiments: Experiment[] = [];
  let pageToken: string | undefined;
  do {
    const page = await store.searchExperiments({ viewType, maxResults: PAGE, pageToken });
    experiments.push(...page.items);
    pageToken = page.nextPageToken;
  } while (pageToken !== undefined);
  return experiments;
}
