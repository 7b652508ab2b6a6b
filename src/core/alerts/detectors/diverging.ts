import type { Metric } from "../../../shared/tracking.js";
import type { Detector, Goal, Rule } from "../types.js";
import { short } from "./format.js";

/** Weight of the newest value in the smoothed curve. */
const LAMBDA = 0.2;
/** Weight of the newest difference in the estimate of the noise: slower, so that a rise does not hide itself. */
const NOISE_LAMBDA = 0.05;
/** Standard deviations of the smoothed curve that a rise must exceed. A control chart uses 3; a curve is looked at thousands of times, and its best value is the luckiest of them. */
const SIGMAS = 10;
/** Expected range of two normal values, in standard deviations. */
const D2 = 1.128;
/** Values after which the smoothed one has its full weight. */
const SETTLED = 1 / LAMBDA;
/** Values before which nothing is said. */
const WARM_UP = 20;

/**
 * Tells of a smoothed curve that has left its best value for good. With x the values (negated when they are to rise):
 *
 *     z_t = λ x_t + (1 − λ) z_{t−1}                                     λ = 0.2
 *     σ̂   = MR / 1.128, MR the smoothed |x_t − x_{t−1}|                  σ_z = σ̂ √(λ / (2 − λ))
 *     diverging when for `points` values in a row   z_t > min z + max(10 σ_z, tolerance · |min z|)
 *
 * The smoothed curve and its σ_z are the EWMA control chart's (NIST/SEMATECH e-Handbook 6.3.2.4; Roberts, 1959), the
 * noise is the moving range's of the individuals chart (6.3.2.2), which a trend hardly inflates. A single spike raises
 * the noise by more than the curve and is over before `points` values have come.
 */
export class Diverging implements Detector {
  private count = 0;
  private above = 0;
  private last = 0;
  private smooth = 0;
  private best = Number.POSITIVE_INFINITY;
  private range = 0;

  constructor(
    private readonly rule: Pick<Rule, "points" | "tolerance">,
    private readonly goal: Goal,
  ) {}

  add({ key, value, step }: Metric): string | undefined {
    if (!Number.isFinite(value)) return undefined;
    const x = this.goal === "min" ? value : -value;
    // Plain means at first, so that a lucky first value does not count for more than others.
    if (this.count > 0)
      this.range += Math.max(NOISE_LAMBDA, 1 / this.count) * (Math.abs(x - this.last) - this.range);
    this.last = x;
    this.count++;
    this.smooth += Math.max(LAMBDA, 1 / this.count) * (x - this.smooth);
    if (this.count >= SETTLED) this.best = Math.min(this.best, this.smooth);
    const deviation = (this.range / D2) * Math.sqrt(LAMBDA / (2 - LAMBDA));
    const limit = this.best + Math.max(SIGMAS * deviation, this.rule.tolerance * Math.abs(this.best));
    this.above = this.count > WARM_UP && this.smooth > limit ? this.above + 1 : 0;
    if (this.above < this.rule.points) return undefined;
    const [best, now] = this.goal === "min" ? [this.best, this.smooth] : [-this.best, -this.smooth];
    const way = this.goal === "min" ? "rises" : "falls";
    return `${key} ${way}: smoothed it was ${short(best)} at its best and is ${short(now)} at step ${step}.`;
  }
}
