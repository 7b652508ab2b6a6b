import type { Metric } from "../../../shared/tracking.js";
import type { Detector, Goal, Rule } from "../types.js";
import { short } from "./format.js";

/** Sizes of blocks, each twice the one before: a curve too noisy for the shortest is judged by longer ones. */
const LEVELS = 12;
/** Standard errors between the measured improvement and the largest that it may be. */
const SIGMAS = 3;

/** Number, mean and sum of squared deviations of some values (Welford, 1962; merging: Chan, Golub, LeVeque, 1983). */
interface Block {
  n: number;
  mean: number;
  squares: number;
}

/**
 * Tells of a curve that no longer gets better. Its values come in blocks of `points`, then of twice as many, and so on.
 * With a and b the means of two neighbouring blocks of n values and s their standard deviations, the improvement is
 * a − b (b − a when the values are to rise), and there is a plateau when even its upper bound is too small:
 *
 *     (a − b) + 3 √(s_a²/n + s_b²/n)  ≤  tolerance · |a|
 *
 * That is one side of a test of equivalence (Schuirmann, 1987): what is not known well enough is no plateau, so noise
 * alone raises no alarm, and a curve that still falls by more than the tolerance a block raises none either.
 */
export class Plateau implements Detector {
  private current = empty();
  private readonly finished: (Block | undefined)[] = Array.from({ length: LEVELS }, () => undefined);

  constructor(
    private readonly rule: Pick<Rule, "points" | "tolerance">,
    private readonly goal: Goal,
  ) {}

  add({ key, value }: Metric): string | undefined {
    if (!Number.isFinite(value)) return undefined;
    push(this.current, this.goal === "min" ? value : -value);
    if (this.current.n < Math.max(2, this.rule.points)) return undefined;
    let block = this.current;
    this.current = empty();
    for (let level = 0; level < LEVELS; level++) {
      const before = this.finished[level];
      // The blocks of a pair are compared and leave together, as one of the next level.
      if (!before) {
        this.finished[level] = block;
        return undefined;
      }
      this.finished[level] = undefined;
      if (isFlat(before, block, this.rule.tolerance)) return this.describe(key, before, block);
      block = merge(before, block);
    }
    return undefined;
  }

  private describe(key: string, before: Block, after: Block): string {
    const sign = this.goal === "min" ? 1 : -1;
    const means = `${short(sign * before.mean)}, then ${short(sign * after.mean)}`;
    return `${key} no longer improves: over the last ${before.n + after.n} points it was ${means} on average.`;
  }
}

function isFlat(a: Block, b: Block, tolerance: number): boolean {
  const error = Math.sqrt(a.squares / (a.n - 1) / a.n + b.squares / (b.n - 1) / b.n);
  return a.mean - b.mean + SIGMAS * error <= tolerance * Math.abs(a.mean);
}

const empty = (): Block => ({ n: 0, mean: 0, squares: 0 });

function push(block: Block, value: number): void {
  block.n++;
  const difference = value - block.mean;
  block.mean += difference / block.n;
  block.squares += difference * (value - block.mean);
}

function merge(a: Block, b: Block): Block {
  const n = a.n + b.n;
  const difference = b.mean - a.mean;
  return {
    n,
    mean: a.mean + (difference * b.n) / n,
    squares: a.squares + b.squares + (difference * difference * a.n * b.n) / n,
  };
}
