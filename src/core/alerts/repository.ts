import type { Alert, AlertKind } from "../../shared/alerts.js";
import type { RunStatus } from "../../shared/tracking.js";
import type { Session } from "../tracking/index.js";
import type { BestValue } from "./endOfRun.js";
import type { Finding, Goal } from "./types.js";

/** An alert to be kept. `quiet` and `deliver` are decided by whoever makes it. */
export interface NewAlert {
  runId: string;
  finding: Finding;
  /** Milliseconds since the epoch. */
  time: number;
  quiet: boolean;
  /** Somebody outside is to be told. */
  deliver: boolean;
}

export type DueDelivery = Alert & { experiment: string };

type Row = [
  id: number,
  runId: string,
  runName: string,
  experiment: number,
  kind: AlertKind,
  rule: string,
  metric: string,
  message: string,
  time: number,
  acknowledged: number,
  quiet: number,
];

const SELECT = `SELECT a.id, r.run_id, r.name, r.experiment, a.kind, a.rule, a.metric, a.message, a.time,
  a.acknowledged, a.quiet FROM alert a JOIN run r ON r.id = a.run`;
const PENDING = 1;
const DONE = 2;
const GIVEN_UP = 3;

/** Alerts, and the runs whose end is still to be told, in the project's database. */
export class AlertRepository {
  constructor(private readonly session: Session) {}

  /**
   * Keeps alerts in one transaction and returns those that are new: a run has at most one of each kind and metric.
   * A muted run gets none, nor does one that is gone.
   */
  add(alerts: readonly NewAlert[]): Alert[] {
    return this.session.write(() => this.insert(alerts));
  }

  /** The run has ended: its alerts and the note that its end was told, together. */
  addEnd(runId: string, alerts: readonly NewAlert[]): Alert[] {
    return this.session.write(() => {
      const added = this.insert(alerts);
      this.session
        .sql("DELETE FROM watched_run WHERE run = (SELECT id FROM run WHERE run_id = ?)")
        .run(runId);
      return added;
    });
  }

  private insert(alerts: readonly NewAlert[]): Alert[] {
    const insert = this.session.sql(
      `INSERT OR IGNORE INTO alert (run, kind, metric, rule, message, time, claimed, quiet, delivery)
      SELECT r.id, ?, ?, ?, ?, ?, ?, ?, ? FROM run r LEFT JOIN watched_run w ON w.run = r.id
      WHERE r.run_id = ? AND coalesce(w.muted, 0) = 0`,
    );
    return alerts.flatMap(({ runId, finding: { rule, metric, message }, time, quiet, deliver }) => {
      const silent = quiet ? 1 : 0;
      const delivery = deliver && !quiet ? PENDING : 0;
      const result = insert.run(
        ...[rule.on, metric, rule.name, message, time, silent, silent, delivery, runId],
      );
      return result.changes > 0 ? this.byId(Number(result.lastInsertRowid)) : [];
    });
  }

  /** The newest first. */
  list(query: {
    acknowledged?: boolean | undefined;
    unclaimed?: boolean | undefined;
    limit: number;
  }): Alert[] {
    const { acknowledged, unclaimed = false, limit } = query;
    const wanted = acknowledged === undefined ? null : acknowledged ? 1 : 0;
    return this.session
      .rows<Row>(
        `${SELECT} WHERE r.deleted_time IS NULL AND (? IS NULL OR a.acknowledged = ?) AND (? = 0 OR a.claimed = 0)
        ORDER BY a.id DESC LIMIT ?`,
        ...[wanted, wanted, unclaimed ? 1 : 0, limit],
      )
      .map(toAlert);
  }

  unacknowledged(): number {
    const row = this.session.row<[number]>(
      `SELECT count(*) FROM alert a JOIN run r ON r.id = a.run WHERE a.acknowledged = 0 AND r.deleted_time IS NULL`,
    );
    return row?.[0] ?? 0;
  }

  /** Marks alerts as seen; all when no ids are given. Returns how many were not before. */
  acknowledge(ids: readonly number[] | undefined): number {
    const [text, ...parameters] =
      ids === undefined
        ? ["UPDATE alert SET acknowledged = 1, claimed = 1 WHERE acknowledged = 0"]
        : [
            `UPDATE alert SET acknowledged = 1, claimed = 1
            WHERE acknowledged = 0 AND id IN (SELECT value FROM json_each(?))`,
            JSON.stringify(ids),
          ];
    return this.session.write(() => this.session.sql(text).run(...parameters).changes);
  }

  /** Whether the caller is the first that wants to show this alert. */
  claim(id: number): boolean {
    return this.session.write(() => {
      const { changes } = this.session
        .sql("UPDATE alert SET claimed = 1 WHERE id = ? AND claimed = 0")
        .run(id);
      return changes > 0;
    });
  }

  /** No more alerts of a run that still runs; those that it has count as seen. */
  mute(runId: string): void {
    this.session.write(() => {
      this.session
        .sql("UPDATE watched_run SET muted = 1 WHERE run = (SELECT id FROM run WHERE run_id = ?)")
        .run(runId);
      this.session
        .sql(
          `UPDATE alert SET acknowledged = 1, claimed = 1
          WHERE acknowledged = 0 AND run = (SELECT id FROM run WHERE run_id = ?)`,
        )
        .run(runId);
    });
  }

  /** The end of this run is to be told. */
  watch(runId: string): void {
    this.session.write(() =>
      this.session
        .sql("INSERT OR IGNORE INTO watched_run (run) SELECT id FROM run WHERE run_id = ?")
        .run(runId),
    );
  }

  /** The end of every run that runs is to be told. */
  watchRunning(): void {
    this.session.write(() =>
      this.session
        .sql(
          "INSERT OR IGNORE INTO watched_run (run) SELECT id FROM run WHERE status = 'RUNNING' AND deleted_time IS NULL",
        )
        .run(),
    );
  }

  /** Ids of the runs whose end is to be told, and of those that run. */
  watched(): string[] {
    return this.session
      .rows<[string]>(
        `SELECT run_id FROM run WHERE deleted_time IS NULL
        AND (status = 'RUNNING' OR id IN (SELECT run FROM watched_run))`,
      )
      .map(([runId]) => runId);
  }

  /** How a run is, read at little cost; undefined when there is no such run, or it is deleted. */
  statusOf(runId: string): RunStatus | undefined {
    return this.session.row<[RunStatus]>(
      "SELECT status FROM run WHERE run_id = ? AND deleted_time IS NULL",
      runId,
    )?.[0];
  }

  /** The best value of a metric in each finished run of the run's experiment, itself among them. */
  bestValues(runId: string, metric: string, goal: Goal): BestValue[] {
    const column = goal === "min" ? "min_value" : "max_value";
    return this.session
      .rows<[string, string, number]>(
        `SELECT r.run_id, r.name, s.${column} FROM run own JOIN run r ON r.experiment = own.experiment
        JOIN name n ON n.name = ? JOIN series s ON s.run = r.id AND s.name = n.id
        WHERE own.run_id = ? AND r.status = 'FINISHED' AND r.deleted_time IS NULL AND s.${column} IS NOT NULL`,
        ...[metric, runId],
      )
      .map(([id, runName, value]) => ({ runId: id, runName, value }));
  }

  /** Alerts since `oldest` that somebody outside is still to be told of, the oldest first. Older ones are given up. */
  due(oldest: number): DueDelivery[] {
    const pending = this.session
      .rows<Row>(`${SELECT} WHERE a.delivery = ${PENDING} ORDER BY a.id`)
      .map(toAlert);
    for (const { id, time } of pending) if (time < oldest) this.delivered(id, false);
    const due = pending.filter(({ time }) => time >= oldest);
    if (due.length === 0) return [];
    const names = new Map(
      this.session
        .rows<[number, string]>("SELECT id, name FROM experiment")
        .map(([id, name]) => [String(id), name]),
    );
    return due.map((alert) => ({
      ...alert,
      experiment: names.get(alert.experimentId) ?? alert.experimentId,
    }));
  }

  delivered(id: number, done: boolean): void {
    this.session.write(() =>
      this.session.sql("UPDATE alert SET delivery = ? WHERE id = ?").run(done ? DONE : GIVEN_UP, id),
    );
  }

  private byId(id: number): Alert[] {
    return this.session.rows<Row>(`${SELECT} WHERE a.id = ?`, id).map(toAlert);
  }
}

function toAlert(row: Row): Alert {
  const [id, runId, runName, experiment, kind, rule, metric, message, time, acknowledged, quiet] = row;
  return {
    id,
    runId,
    runName,
    experimentId: String(experiment),
    kind,
    rule,
    ...(metric === "" ? {} : { metric }),
    message,
    time,
    acknowledged: acknowledged === 1,
    quiet: quiet === 1,
  };
}
