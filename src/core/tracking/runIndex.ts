import { CairnError } from "../../shared/errors.js";
import type { RunInfo, RunStatus } from "../../shared/tracking.js";
import type { Session } from "./session.js";

/** A run as searches and writes see it. `id` is the database's own number of it. */
export interface RunRecord extends Omit<RunInfo, "lifecycleStage" | "experimentId"> {
  id: number;
  experiment: number;
  deleted: boolean;
}

type Row = [
  id: number,
  runId: string,
  experiment: number,
  name: string,
  userId: string,
  status: RunStatus,
  startTime: number,
  endTime: number | null,
  artifactUri: string,
  deletedTime: number | null,
];

const SELECT =
  "SELECT id, run_id, experiment, name, user_id, status, start_time, end_time, artifact_uri, deleted_time FROM run";

/**
 * Runs in memory, without their data: single ones as they are asked for, all of them from the first search on. A run
 * takes about 300 bytes.
 */
export class RunIndex {
  readonly #byRunId = new Map<string, RunRecord>();
  /** At the place of their id. */
  #all: (RunRecord | undefined)[] | undefined;

  constructor(private readonly session: Session) {}

  find(runId: string): RunRecord | undefined {
    const known = this.#byRunId.get(runId);
    if (known || this.#all) return known;
    const row = this.session.row<Row>(`${SELECT} WHERE run_id = ?`, runId);
    return row && this.#remember(toRecord(row));
  }

  get(runId: string): RunRecord {
    const run = this.find(runId);
    if (!run) throw new CairnError("notFound", `Run with id=${runId} not found`);
    return run;
  }

  /** A run that may be written to. */
  getActive(runId: string): RunRecord {
    const run = this.get(runId);
    if (run.deleted) {
      throw new CairnError(
        "invalid",
        `The run ${runId} must be in the 'active' state. Current state is deleted.`,
      );
    }
    return run;
  }

  byId(id: number): RunRecord | undefined {
    return this.all()[id];
  }

  /** All runs, at the place of their id; holes where there is none. */
  all(): readonly (RunRecord | undefined)[] {
    if (this.#all) return this.#all;
    const all: (RunRecord | undefined)[] = [];
    for (const row of this.session.rows<Row>(`${SELECT} ORDER BY id`)) {
      // Those that are known stay the same objects: others hold them.
      const record = this.#byRunId.get(row[1]) ?? this.#remember(toRecord(row));
      while (all.length < record.id) all.push(undefined);
      all.push(record);
    }
    return (this.#all = all);
  }

  /** Puts in a run that was committed. */
  add(record: RunRecord): void {
    this.#remember(record);
    if (this.#all) {
      while (this.#all.length < record.id) this.#all.push(undefined);
      this.#all[record.id] = record;
    }
  }

  /** Changes a run once the transaction has committed. */
  update(record: RunRecord, change: Partial<RunRecord>): void {
    this.session.onCommit(() => {
      Object.assign(record, change);
    });
  }

  reset(): void {
    this.#byRunId.clear();
    this.#all = undefined;
  }

  #remember(record: RunRecord): RunRecord {
    this.#byRunId.set(record.runId, record);
    return record;
  }
}

function toRecord(row: Row): RunRecord {
  const [id, runId, experiment, runName, userId, status, startTime, endTime, artifactUri, deletedTime] = row;
  return {
    id,
    runId,
    experiment,
    runName,
    userId,
    status,
    startTime,
    endTime,
    artifactUri,
    deleted: deletedTime !== null,
  };
}

export function toRunInfo(run: RunRecord): RunInfo {
  return {
    runId: run.runId,
    runName: run.runName,
    experimentId: String(run.experiment),
    userId: run.userId,
    status: run.status,
    startTime: run.startTime,
    endTime: run.endTime,
    artifactUri: run.artifactUri,
    lifecycleStage: run.deleted ? "deleted" : "active",
  };
}
