import type { TrackingStore } from "../../core/tracking/types.js";
import { invalid } from "./faults.js";

const TAG = "mlflow.log-model.history";
const mandatory = ["artifact_path", "flavors", "utc_time_created", "run_id"];

/**
 * What MLflow 2 clients call after log_model: the model's description is added to a tag of its run. The tag is read
 * and written back, so that one call waits for the one before it.
 */
export function makeModelHistory(store: TrackingStore): (runId: string, modelJson: string) => Promise<void> {
  let last: Promise<unknown> = Promise.resolve();
  return (runId, modelJson) => {
    const model = parseModel(modelJson);
    const current = last.then(async () => {
      const { data } = await store.getRun(runId);
      const history = parseHistory(data.tags.find((tag) => tag.key === TAG)?.value);
      const value = JSON.stringify([...history, model]);
      await store.logBatch(runId, { tags: [{ key: TAG, value }] });
    });
    last = current.catch(() => undefined);
    return current;
  };
}

function parseModel(text: string): object {
  const model = parse(text);
  if (typeof model !== "object" || model === null || Array.isArray(model)) {
    throw invalid(`Malformed model info. \n ${text.slice(0, 1000)} \n is not a valid JSON.`);
  }
  const absent = mandatory.filter((field) => !(field in model));
  if (absent.length > 0) throw invalid(`Model json is missing mandatory fields: ${absent.join(", ")}`);
  return model;
}

function parseHistory(text: string | undefined): unknown[] {
  const history = text === undefined ? [] : parse(text);
  return Array.isArray(history) ? (history as unknown[]) : [];
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
