import { AlertRepository, alertRules, findingsOfEnd, RunMonitor } from "../../core/alerts/index.js";
import type { Finding, NewAlert, Rule } from "../../core/alerts/index.js";
import { loadConfig } from "../../core/config/index.js";
import type { Logger } from "../../core/logger.js";
import type { SqliteTrackingStore, StoreChange } from "../../core/tracking/index.js";
import type { Alert } from "../../shared/alerts.js";
import { toErrorShape } from "../../shared/errors.js";
import type { EngineNotifications } from "../../shared/protocol.js";
import { AwakeClock } from "./awakeClock.js";
import { Deliveries, type DeliveryOptions } from "./deliveries.js";
import { shortCurves } from "./shortCurves.js";

const TICK_MS = 5000;
/** How often a run that has ended is looked at again: its launcher has the last word on how it ended. */
const END_MS = 300;
/** What happened so long ago is no news: history that is taken in, a clock that was wrong. */
const MAX_AGE_MS = 7 * 24 * 3600_000;

export interface AlertCenterOptions {
  store: SqliteTrackingStore;
  /** The project folder. */
  root: string;
  /** Runs whose process the launcher still looks after. */
  active: () => readonly string[];
  isTrusted: () => Promise<boolean>;
  tell: (news: EngineNotifications["alert"]) => void;
  /** Whether webhooks and hooks are this engine's work; else the next one's. */
  deliver: boolean;
  logger: Logger;
  tickMs?: number;
  webhook?: DeliveryOptions["webhook"];
}

/** Watches what is recorded, applies the rules of cairn.yaml, keeps and tells what they find. */
export class AlertCenter {
  readonly repository: AlertRepository;
  private readonly deliveries: Deliveries;
  private readonly monitors = new Map<string, RunMonitor>();
  private readonly ended = new Set<string>();
  private readonly found: { runId: string; finding: Finding }[] = [];
  private readonly lastTold = new Map<string, number>();
  private readonly clock: AwakeClock;
  private rules: Rule[] = alertRules(undefined);
  private ticking: NodeJS.Timeout | undefined;
  private settling: NodeJS.Immediate | undefined;
  private checkingEnds: NodeJS.Timeout | undefined;

  constructor(private readonly options: AlertCenterOptions) {
    const { store, root, isTrusted, logger, webhook, tickMs = TICK_MS } = options;
    this.repository = new AlertRepository(store.session);
    const rules = () => this.rules;
    this.deliveries = new Deliveries({
      repository: this.repository,
      root,
      rules,
      isTrusted,
      logger,
      webhook,
    });
    this.clock = new AwakeClock(2 * tickMs);
  }

  /** Takes up the runs that are to be watched. What ended while nobody looked is told now. */
  async start(): Promise<void> {
    await this.readRules();
    // A full disk is no reason not to start.
    this.guard("watch the runs", () => {
      this.repository.watchRunning();
    });
    for (const runId of this.repository.watched()) {
      if (this.repository.statusOf(runId) === "RUNNING") {
        this.monitors.set(runId, await this.resume(runId));
      } else this.end(runId);
    }
    this.ticking = setInterval(() => {
      this.tick();
    }, this.options.tickMs ?? TICK_MS).unref();
    this.deliver();
  }

  /** Goes on where the engine before left off, as far as the run's curves are short enough to be read again. */
  private async resume(runId: string): Promise<RunMonitor> {
    const monitor = new RunMonitor(this.rules, undefined);
    monitor.remember(await shortCurves(this.options.store, runId));
    return monitor;
  }

  onStoreChange(change: StoreChange): void {
    if (change.kind === "metrics") {
      const monitor = this.monitors.get(change.runId);
      if (monitor) this.take(change.runId, monitor.points(change.metrics, this.clock.now()));
    } else if (change.kind === "run") this.onRun(change.runId);
  }

  onOutput(runId: string): void {
    this.monitors.get(runId)?.heard(this.clock.now());
  }

  /** Sends what waited for the project to be trusted. */
  onTrust(): void {
    this.deliver();
  }

  list(query: { acknowledged?: boolean; unclaimed?: boolean; limit: number }) {
    return { alerts: this.repository.list(query), unacknowledged: this.repository.unacknowledged() };
  }

  acknowledge(ids: readonly number[] | undefined): number {
    const count = this.repository.acknowledge(ids);
    if (count > 0) this.tell(null);
    return count;
  }

  mute(runId: string): void {
    this.repository.mute(runId);
    this.tell(null);
  }

  /** What was found is kept; webhooks that did not answer yet are left to the next engine. */
  async close(): Promise<void> {
    clearInterval(this.ticking);
    clearTimeout(this.checkingEnds);
    clearImmediate(this.settling);
    this.settle();
    await this.checkEnds();
    clearTimeout(this.checkingEnds);
    await this.deliveries.close();
  }

  private onRun(runId: string): void {
    const monitor = this.monitors.get(runId);
    const status = this.repository.statusOf(runId);
    if (status === "RUNNING") {
      monitor?.heard(this.clock.now());
      if (!monitor) this.watch(runId);
    } else if (monitor) {
      this.monitors.delete(runId);
      if (status !== undefined) this.end(runId);
    }
  }

  private watch(runId: string): void {
    this.ended.delete(runId);
    this.monitors.set(runId, new RunMonitor(this.rules, this.clock.now()));
    // The change came from within a write that has only just ended: others are to hear of it first.
    setImmediate(() => {
      this.guard("watch a run", () => {
        this.repository.watch(runId);
      });
    });
    void this.readRules();
  }

  /** Rules are read when a run starts; those of the runs under way follow when they changed. */
  private async readRules(): Promise<void> {
    try {
      const { data, problems } = await loadConfig(this.options.root);
      const rules = alertRules(data.alerts);
      if (problems.length > 0 || JSON.stringify(rules) === JSON.stringify(this.rules)) return;
      this.rules = rules;
      for (const runId of this.monitors.keys())
        this.monitors.set(runId, new RunMonitor(rules, this.clock.now()));
    } catch (error) {
      this.options.logger.warn(`Failed to read the rules of alerts: ${toErrorShape(error).message}`);
    }
  }

  private tick(): void {
    const now = this.clock.now();
    for (const [runId, monitor] of this.monitors) this.take(runId, monitor.tick(now));
    this.deliver();
  }

  private take(runId: string, findings: Finding[]): void {
    if (findings.length === 0) return;
    for (const finding of findings) this.found.push({ runId, finding });
    this.settling ??= setImmediate(() => {
      this.settle();
    });
  }

  /** Keeps what was found since the last time. */
  private settle(): void {
    this.settling = undefined;
    for (const { runId, finding } of this.found.splice(0))
      this.guard("keep an alert", () => {
        this.announce(this.repository.add([this.alertOf(runId, finding)]));
      });
  }

  private end(runId: string): void {
    this.ended.add(runId);
    this.checkingEnds ??= setTimeout(() => void this.checkEnds(), END_MS);
  }

  private async checkEnds(): Promise<void> {
    this.checkingEnds = undefined;
    const active = new Set(this.options.active());
    for (const runId of [...this.ended]) {
      if (active.has(runId)) continue;
      this.ended.delete(runId);
      try {
        await this.tellEnd(runId);
      } catch (error) {
        this.options.logger.warn(`Failed to tell how run ${runId} ended: ${toErrorShape(error).message}`);
      }
    }
    if (this.ended.size > 0) this.checkingEnds ??= setTimeout(() => void this.checkEnds(), END_MS);
  }

  private async tellEnd(runId: string): Promise<void> {
    const run = await this.options.store.getRun(runId);
    // It was taken up again.
    if (run.info.status === "RUNNING") return;
    const old = Date.now() - (run.info.endTime ?? Date.now()) > MAX_AGE_MS;
    const best = (metric: string, goal: "min" | "max") => this.repository.bestValues(runId, metric, goal);
    const findings = old ? [] : findingsOfEnd(this.rules, run, best);
    this.announce(
      this.repository.addEnd(
        runId,
        findings.map((finding) => this.alertOf(runId, finding)),
      ),
    );
  }

  private alertOf(runId: string, finding: Finding): NewAlert {
    const { name, cooldown, webhook, hook } = finding.rule;
    const quiet = this.clock.now() - (this.lastTold.get(name) ?? Number.NEGATIVE_INFINITY) < cooldown;
    return { runId, finding, time: Date.now(), quiet, deliver: webhook !== undefined || hook !== undefined };
  }

  private announce(alerts: readonly Alert[]): void {
    for (const alert of alerts) {
      if (!alert.quiet) this.lastTold.set(alert.rule, this.clock.now());
      this.tell(alert);
    }
    if (alerts.length > 0) this.deliver();
  }

  private tell(alert: Alert | null): void {
    this.options.tell({ alert, unacknowledged: this.repository.unacknowledged() });
  }

  private deliver(): void {
    if (this.options.deliver) void this.deliveries.send();
  }

  private guard(doing: string, work: () => void): void {
    try {
      work();
    } catch (error) {
      this.options.logger.warn(`Failed to ${doing}: ${toErrorShape(error).message}`);
    }
  }
}
