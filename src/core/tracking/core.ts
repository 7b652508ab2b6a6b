import { Columns } from "./columns.js";
import { FoundRuns } from "./foundRuns.js";
import { Models } from "./models.js";
import { Names } from "./names.js";
import { RunIndex } from "./runIndex.js";
import { RunTexts } from "./runTexts.js";
import { SeriesWriter } from "./seriesWriter.js";
import type { Session } from "./session.js";

/** What the parts of the store share: the database, and what is kept in memory of it. */
export interface Core {
  session: Session;
  names: Names;
  runs: RunIndex;
  columns: Columns;
  series: SeriesWriter;
  models: Models;
  found: FoundRuns;
  texts: RunTexts;
}

export function createCore(session: Session): Core {
  const names = new Names(session);
  const columns = new Columns(session, names);
  return {
    session,
    names,
    columns,
    runs: new RunIndex(session),
    series: new SeriesWriter(session, names, columns),
    models: new Models(session),
    found: new FoundRuns(session),
    texts: new RunTexts(session),
  };
}

/** Forgets what is kept in memory. */
export function resetCore(core: Core): void {
  core.session.version++;
  core.names.reset();
  core.columns.reset();
  core.runs.reset();
  core.texts.reset();
  core.series.reset();
}
