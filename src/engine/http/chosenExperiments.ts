import path from "node:path";
import { artifactPathOf } from "../../core/artifacts/index.js";
import type { ArtifactStore } from "../../core/artifacts/types.js";
import { CAPTURE_FOLDER } from "../../shared/capture.js";
import type { TrackingStore } from "../../core/tracking/types.js";
import { runIdOf } from "./fields.js";
import type { Input } from "./input.js";

const MAX_REMEMBERED = 1000;

/**
 * Lets a script that was launched as a run choose its experiment. `mlflow.set_experiment` makes the client refuse to
 * resume a run of any other experiment, and the launcher could not know the name; so the run, in which there is nothing
 * yet but what Cairn records of its surroundings, moves to the experiment that its process asked for last before it looks itself up.
 */
export class ChosenExperiments {
  private readonly byRun = new Map<string, string>();

  constructor(
    private readonly store: TrackingStore,
    private readonly artifacts: ArtifactStore,
  ) {}

  /** A process of the run `caller` was told about an experiment. */
  note(caller: string, answer: object): void {
    const { experiment } = answer as { experiment?: { experiment_id?: unknown } };
    if (typeof experiment?.experiment_id !== "string") return;
    if (this.byRun.size >= MAX_REMEMBERED) this.byRun.clear();
    this.byRun.set(caller, experiment.experiment_id);
  }

  /** A process of the run `caller` asks for a run; if it is its own, that goes where the process looked last. */
  async follow(caller: string, input: Input): Promise<void> {
    const experimentId = this.byRun.get(caller);
    if (experimentId === undefined || runIdOf(input) !== caller) return;
    this.byRun.delete(caller);
    const { info, data } = await this.store.getRun(caller);
    if (info.experimentId === experimentId || info.status !== "RUNNING") return;
    if (data.metrics.some(({ key }) => !key.startsWith("system/"))) return;
    const folder = artifactPathOf(info.artifactUri);
    const files = folder === undefined ? [] : await this.artifacts.list(folder);
    if (files.every((file) => path.posix.basename(file.path) === CAPTURE_FOLDER))
      await this.store.updateRun(caller, { experimentId });
  }
}
