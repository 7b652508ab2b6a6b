/** What one stage of `npm test` found. */
export interface Outcome {
  passed: number;
  failed: number;
  /** Tests that did not run, as `<file> > <full name>`. */
  skipped: string[];
}

export const nothing: Outcome = { passed: 0, failed: 0, skipped: [] };

/** A stage without tests of its own: it does not count unless it fails. */
export function check(passed: boolean): Outcome {
  return { ...nothing, failed: passed ? 0 : 1 };
}

export function sum(outcomes: readonly Outcome[]): Outcome {
  return outcomes.reduce(
    (total, outcome) => ({
      passed: total.passed + outcome.passed,
      failed: total.failed + outcome.failed,
      skipped: [...total.skipped, ...outcome.skipped],
    }),
    nothing,
  );
}

/** The closing line that CI reads: "12 passed, 0 failed, 1 skipped". */
export function closingLine({ passed, failed, skipped }: Outcome): string {
  const rest = skipped.length > 0 ? `, ${skipped.length} skipped` : "";
  return `${passed} passed, ${failed} failed${rest}`;
}

/**
 * Skipped tests that nobody has given a reason for.
 * @param allowed test/skips.json: from a test's name to the reason
 */
export function unexplained(skipped: readonly string[], allowed: Record<string, string>): string[] {
  return skipped.filter((name) => !allowed[name]);
}
