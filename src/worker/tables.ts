import path from "node:path";
import { openTableView, stampOf, type TableView } from "../core/table/index.js";
import { CairnError } from "../shared/errors.js";
import type { Job } from "./types.js";

/** Tables that stay open: going back and forth between a few files should not count their rows again. */
const KEPT = 4;

interface Opened {
  stamp: string;
  view: Promise<TableView>;
}

/** By file, the one that was asked for last at the end. */
const opened = new Map<string, Opened>();

export const tableOpen: Job<"tableOpen"> = async ({ file }, { signal }) => (await open(file, signal)).info;

export const tableRows: Job<"tableRows"> = async ({ file, stamp, range }, { signal }) => {
  const view = await open(file, signal);
  if (view.info.stamp !== stamp)
    throw new CairnError("invalid", `${path.basename(file)} has changed since it was opened.`, {
      hint: "Load it again.",
    });
  return { rows: await view.rows(range, signal) };
};

async function open(file: string, signal: AbortSignal): Promise<TableView> {
  const { stamp } = await stampOf(file);
  const known = opened.get(file);
  if (known?.stamp === stamp) {
    opened.delete(file);
    opened.set(file, known);
    return known.view;
  }
  if (known) forget(file, known);
  const view = openTableView(file, signal);
  const entry = { stamp, view };
  opened.set(file, entry);
  view.catch(() => {
    if (opened.get(file) === entry) opened.delete(file);
  });
  for (const [oldest, old] of opened) {
    if (opened.size <= KEPT) break;
    forget(oldest, old);
  }
  return view;
}

function forget(file: string, { view }: Opened): void {
  opened.delete(file);
  // One that could not be opened has nothing to close.
  void view.then((each) => each.close()).catch(() => undefined);
}
