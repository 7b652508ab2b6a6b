/**
 * Milliseconds that stand still while the computer sleeps or the process is stopped: no wall clock, and no step is
 * longer than `limitMs`. Somebody reads it at least that often.
 */
export class AwakeClock {
  private total = 0;
  private last = performance.now();

  constructor(private readonly limitMs: number) {}

  now(): number {
    const time = performance.now();
    this.total += Math.min(this.limitMs, Math.max(0, time - this.last));
    this.last = time;
    return this.total;
  }
}
