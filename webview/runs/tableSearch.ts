import { CairnError, toError } from "../../src/shared/errors.js";
import type { OlderRuns, RunsPanelApi } from "../../src/shared/runs/api.js";
import { isQuery } from "./filterQuery.js";

const WAIT_MS = 250;

/** What the engine finds for the filter field, when that holds a filter in MLflow's grammar. */
export class TableSearch {
  /** Runs that match; undefined as long as none were looked for. Kept while the next filter is looked for. */
  found: ReadonlySet<string> | undefined;
  error: string | undefined;
  /** Of these, the rows that the table does not list. */
  older: OlderRuns | undefined;
  /** More runs match than were given. */
  truncated = false;
  private filter = "";
  private timer: ReturnType<typeof setTimeout> | undefined;

  constructor(
    private readonly search: (filter: string) => Promise<RunsPanelApi["requests"]["search"]["result"]>,
    private readonly changed: () => void,
  ) {}

  /** The text of the filter field, or the runs that it is about, have changed. */
  update(filter: string): void {
    clearTimeout(this.timer);
    this.filter = filter;
    if (!isQuery(filter)) {
      const hadOlder = this.older !== undefined;
      this.found = undefined;
      this.error = undefined;
      this.older = undefined;
      this.truncated = false;
      if (hadOlder) this.changed();
      return;
    }
    this.timer = setTimeout(() => void this.run(filter), WAIT_MS);
  }

  private async run(filter: string): Promise<void> {
    try {
      const { runIds, truncated, older } = await this.search(filter);
      if (this.filter !== filter) return;
      this.found = new Set(runIds);
      this.truncated = truncated;
      this.older = older;
      this.error = undefined;
    } catch (error) {
      if (this.filter !== filter) return;
      const { message } = toError(error);
      const hint = error instanceof CairnError ? error.hint : undefined;
      this.error = hint === undefined ? message : `${message} ${hint}`;
    }
    this.changed();
  }
}
