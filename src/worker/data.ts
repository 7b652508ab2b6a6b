import {
  addData,
  checkoutData,
  type DataContext,
  DataProject,
  listData,
  logData,
  packData,
  type Recovered,
  recoverStore,
  statusOfData,
  versionOf,
} from "../core/data/index.js";
import { type Db, openDatabase } from "../core/store/index.js";
import { formatBytes } from "../shared/bytes.js";
import { CairnError } from "../shared/errors.js";
import { countTables } from "./countTables.js";
import type { Job, JobContext } from "./types.js";

/** Milliseconds between two reports of progress. */
const REPORT_EVERY = 100;

export const dataAdd: Job<"dataAdd"> = (params, context) =>
  withData(context, async (project) => {
    const added = await addData(project, params);
    if (params.wait !== true) return added;
    await countTables(project, context);
    await packData(project.store, packOptions(context));
    return { ...added, ...versionOf(project, added.path, added.version ?? 0) };
  });

export const dataStatus: Job<"dataStatus"> = ({ paths }, context) =>
  lookAtData(context, ({ database }, data) => statusOfData(database, data, paths));

export const dataList: Job<"dataList"> = (_params, context) =>
  lookAtData(context, (project) => Promise.resolve({ datasets: listData(project) }));

export const dataLog: Job<"dataLog"> = ({ path }, context) =>
  lookAtData(context, async (project) => ({ versions: await logData(project, path) }));

export const dataCheckout: Job<"dataCheckout"> = (params, context) =>
  withData(context, (project) => checkoutData(project, params));

export const dataPack: Job<"dataPack"> = ({ maxMs }, context) =>
  withData(context, async (project) => {
    project.store.files.sweep();
    // First, while what was added lies as it is.
    const uncounted = await countTables(project, { signal: context.signal, maxMs });
    const { left, damaged } = await packData(project.store, { ...packOptions(context), maxMs });
    return { left: left + uncounted, damaged };
  });

/** Opens the project's data for one job. A version that was acknowledged must outlive a power cut as its pointer does. */
export async function withData<T>(
  context: JobContext,
  work: (project: DataProject, data: DataContext) => Promise<T>,
): Promise<T> {
  if (context.readOnly === true) throw new CairnError("refused", "The project is open for reading only.");
  return using(openDatabase(context.paths.database, { synchronous: "FULL" }), context, work);
}

/** The same where only reading is allowed, if need be. */
export async function lookAtData<T>(
  context: JobContext,
  work: (project: DataProject, data: DataContext) => Promise<T>,
): Promise<T> {
  if (context.readOnly === true)
    return using(openDatabase(context.paths.database, { readonly: true }), context, work);
  let database: Db;
  try {
    database = openDatabase(context.paths.database, { synchronous: "FULL" });
  } catch (error) {
    if (!(error instanceof CairnError) || error.code !== "refused") throw error;
    database = openDatabase(context.paths.database, { readonly: true });
  }
  return using(database, context, work);
}

async function using<T>(
  database: Db,
  context: JobContext,
  work: (project: DataProject, data: DataContext) => Promise<T>,
): Promise<T> {
  const data: DataContext = { paths: context.paths, signal: context.signal, onProgress: reporter(context) };
  try {
    const project = new DataProject(database, data);
    if (!database.readonly) tellRecovered(context, recoverStore(project));
    return await work(project, data);
  } finally {
    database.close();
  }
}

function tellRecovered({ progress }: JobContext, recovered: Recovered | undefined): void {
  if (!recovered || recovered.contents === 0) return;
  const { contents, versions } = recovered;
  progress({ message: `found ${contents} contents of ${versions} versions in the store again` });
}

function packOptions({ signal, progress }: JobContext): Parameters<typeof packData>[1] {
  return {
    signal,
    onProgress: ({ done, total }) => {
      progress({ progress: total === 0 ? 1 : done / total, message: `packed ${done} of ${total}` });
    },
  };
}

function reporter({ progress }: JobContext): NonNullable<DataContext["onProgress"]> {
  let last = 0;
  return ({ bytes, total, what }) => {
    const now = performance.now();
    if (now - last < REPORT_EVERY && bytes !== total) return;
    last = now;
    const of = total === undefined ? "" : ` of ${formatBytes(total)}`;
    const part = total === undefined || total === 0 ? {} : { progress: bytes / total };
    progress({ ...part, message: `${formatBytes(bytes)}${of} ${what}` });
  };
}
