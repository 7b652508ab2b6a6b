import { describeDuration } from "../../shared/duration.js";
import type { Metric } from "../../shared/tracking.js";
import { Diverging } from "./detectors/diverging.js";
import { GpuIdle, isGpuUse } from "./detectors/gpuIdle.js";
import { NonFinite } from "./detectors/nonFinite.js";
import { Plateau } from "./detectors/plateau.js";
import { goalOf, matchesMetric } from "./rules.js";
import type { Detector, Finding, Rule } from "./types.js";

/** Series of one run that are looked at; a script that logs more names is not followed further. */
const MAX_SERIES = 20_000;

interface Watcher {
  rule: Rule;
  detector: Detector;
}

/**
 * Applies rules to what one running run says. Each rule speaks once of a metric, or of the run. Memory is fixed for each
 * series; where the rules want none of a series' points it is one entry of a map.
 *
 * Times of `heard` and `tick` are milliseconds on a clock that stands still while the computer sleeps.
 */
export class RunMonitor {
  private readonly series = new Map<string, Watcher[]>();
  private readonly gpu: { rule: Rule; detector: GpuIdle }[];
  private readonly silent: Rule[];
  private lastHeard: number | undefined;

  constructor(
    private readonly rules: readonly Rule[],
    /** When the run was last heard; undefined for one that may be long gone: its silence counts from its next word. */
    now: number | undefined,
  ) {
    this.gpu = rules
      .filter(({ on }) => on === "gpuIdle")
      .map((rule) => ({ rule, detector: new GpuIdle(rule) }));
    this.silent = rules.filter(({ on }) => on === "silent");
    this.lastHeard = now;
  }

  /** The run logged points. System metrics are no sign of life: they come from beside it. */
  points(metrics: readonly Metric[], now: number): Finding[] {
    const findings: Finding[] = [];
    for (const metric of metrics) {
      if (metric.key.startsWith("system/")) {
        if (this.gpu.length > 0 && isGpuUse(metric.key)) this.addGpu(metric, findings);
      } else this.lastHeard = now;
      const watchers = this.watchersOf(metric.key);
      if (watchers.length > 0) this.addPoint(metric, watchers, findings);
    }
    return findings;
  }

  /** The run logged these before anybody looked: they are no news, and no sign of life. */
  remember(metrics: readonly Metric[]): void {
    const heard = this.lastHeard;
    this.points(metrics, 0);
    this.lastHeard = heard;
  }

  /** The run wrote to its console, or logged something else than points. */
  heard(now: number): void {
    this.lastHeard = now;
  }

  tick(now: number): Finding[] {
    if (this.lastHeard === undefined) return [];
    const silence = now - this.lastHeard;
    const due = this.silent.filter((rule) => silence >= rule.after);
    if (due.length === 0) return [];
    this.silent.splice(0, this.silent.length, ...this.silent.filter((rule) => !due.includes(rule)));
    const message = `Nothing was logged for ${describeDuration(silence)}.`;
    return due.map((rule) => ({ rule, metric: "", message }));
  }

  private addGpu(metric: Metric, findings: Finding[]): void {
    for (const { rule, detector } of [...this.gpu]) {
      const message = detector.add(metric);
      if (message === undefined) continue;
      findings.push({ rule, metric: "", message });
      this.gpu.splice(0, this.gpu.length, ...this.gpu.filter((each) => each.detector !== detector));
    }
  }

  private addPoint(metric: Metric, watchers: Watcher[], findings: Finding[]): void {
    const left: Watcher[] = [];
    for (const watcher of watchers) {
      const message = watcher.detector.add(metric);
      if (message === undefined) left.push(watcher);
      else findings.push({ rule: watcher.rule, metric: metric.key, message });
    }
    if (left.length < watchers.length) this.series.set(metric.key, left);
  }

  private watchersOf(key: string): Watcher[] {
    const known = this.series.get(key);
    if (known) return known;
    if (this.series.size >= MAX_SERIES) return [];
    const watchers = this.rules.flatMap((rule) => {
      const detector = matchesMetric(rule.metric, key) ? detectorOf(rule, key) : undefined;
      return detector ? [{ rule, detector }] : [];
    });
    this.series.set(key, watchers);
    return watchers;
  }
}

/** System metrics say nothing of a model. */
function detectorOf(rule: Rule, key: string): Detector | undefined {
  const isOwn = !key.startsWith("system/");
  switch (rule.on) {
    case "nan":
      return new NonFinite();
    case "diverging":
      return isOwn ? new Diverging(rule, goalOf(rule, key)) : undefined;
    case "plateau":
      return isOwn ? new Plateau(rule, goalOf(rule, key)) : undefined;
    case "finished":
    case "failed":
    case "worse":
    case "gpuIdle":
    case "silent":
      return undefined;
  }
}
