import type { LineQuery } from "../../../src/shared/console/plainLine.js";
import type { ConsoleMatches, ConsoleQuery } from "../../../src/shared/protocol.js";

const EMPTY: ConsoleMatches = { lines: [], count: 0, end: 0, unfinished: false };

/** What was found in the whole log, whether or not it is loaded. */
export class LogSearch {
  query: LineQuery = { text: "", regex: false, caseSensitive: false };
  busy = false;
  failure: unknown;
  private matches = EMPTY;
  private turn = 0;

  /** `find` looks through the log; `changed` is called whenever there is something else to show. */
  constructor(
    private readonly find: (query: ConsoleQuery) => Promise<ConsoleMatches>,
    private readonly changed: () => void,
  ) {}

  /** Matching lines, also those that are not listed. */
  get count(): number {
    return this.matches.count;
  }

  /** Matching lines that can be gone to. */
  get listed(): number {
    return this.matches.lines.length;
  }

  /** Byte at which the line of match `index` starts. */
  offset(index: number): number | undefined {
    return this.matches.lines[index];
  }

  /** Matches whose lines are left out or lie before, when what is loaded begins at byte `start`. */
  before(start: number): number {
    if (start === 0) return 0;
    const { lines } = this.matches;
    let low = 0;
    let high = lines.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((lines[middle] ?? 0) <= start) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  /** Resolves to true when it was not overtaken by another search. */
  async start(query: LineQuery): Promise<boolean> {
    this.query = query;
    this.matches = EMPTY;
    return this.look(0);
  }

  /** Looks through what the log has grown by. */
  async more(): Promise<void> {
    if (this.query.text !== "" && !this.busy && this.failure === undefined) await this.look(this.matches.end);
  }

  private async look(from: number): Promise<boolean> {
    const turn = ++this.turn;
    this.failure = undefined;
    this.busy = this.query.text !== "";
    this.changed();
    if (!this.busy) return true;
    try {
      const found = await this.find({ ...this.query, from });
      if (turn !== this.turn) return false;
      this.matches = joined(this.matches, found);
    } catch (error) {
      if (turn !== this.turn) return false;
      this.failure = error;
    }
    this.busy = false;
    this.changed();
    return true;
  }
}

/** The unfinished last line of what was searched before is the first of what was searched now. */
function joined(before: ConsoleMatches, now: ConsoleMatches): ConsoleMatches {
  const settled = before.unfinished ? before.lines.filter((line) => line < before.end) : before.lines;
  return {
    ...now,
    lines: [...settled, ...now.lines],
    count: before.count - Number(before.unfinished) + now.count,
  };
}
