/** A file, or files of one writer, that appeared or grew while runs were active. */
export interface Claim {
  /** When the first of its files was made, milliseconds since the epoch. */
  birthtimeMs: number;
  /** The process that its name tells, as event files do. */
  namedPid?: number;
  /** Processes that have it open for writing; undefined where the system does not tell. */
  writers?: readonly number[];
}

export interface Claimant {
  runId: string;
  startTime: number;
  /** Every process of the run that was ever seen. */
  pids: ReadonlySet<number>;
}

export type Verdict = { runId: string } | "foreign" | "unclear";

/** Clocks of file systems run in ticks. */
const TICK_MS = 20;

/**
 * Whose a file is. Who has it open decides; else the process that its name tells; else, where several runs were active
 * in its folder, when it was made: before all but one of them began. What stays unclear belongs to none.
 */
export function attribute(
  claim: Claim,
  claimants: readonly Claimant[],
  lives: (pid: number) => boolean,
): Verdict {
  const ownersOf = (pids: readonly number[]): Claimant[] =>
    claimants.filter((each) => pids.some((pid) => each.pids.has(pid)));
  const writers = claim.writers ?? [];
  if (writers.length > 0) {
    const [owner, ...others] = ownersOf(writers);
    if (owner === undefined) return "foreign";
    return others.length === 0 ? { runId: owner.runId } : "unclear";
  }
  if (claim.namedPid !== undefined) {
    const [owner, ...others] = ownersOf([claim.namedPid]);
    if (owner !== undefined && others.length === 0) return { runId: owner.runId };
    if (owner === undefined && lives(claim.namedPid)) return "foreign";
  }
  const [only, ...others] = claimants.filter(({ startTime }) => claim.birthtimeMs >= startTime - TICK_MS);
  if (only !== undefined && others.length === 0) return { runId: only.runId };
  const [grown, ...more] = claimants;
  return only === undefined && grown !== undefined && more.length === 0 ? { runId: grown.runId } : "unclear";
}

/** `events.out.tfevents.TIME.HOST.PID.N`, as TensorBoard's and TensorFlow's writers name their files. */
export function pidInName(path: string): number | undefined {
  const pid = /\.tfevents\.\d+\..+\.(\d+)\.\d+(\.v2)?$/.exec(path)?.[1];
  return pid === undefined ? undefined : Number(pid);
}
