import { stat } from "node:fs/promises";
import { backupDatabase, checkDatabase, compactDatabase } from "../core/store/index.js";
import type { JobKind } from "../shared/protocol.js";
import { captureCode } from "./captureCode.js";
import { captureEnvironment } from "./captureEnvironment.js";
import { dataAdd, dataCheckout, dataList, dataLog, dataPack, dataStatus } from "./data.js";
import { dataExtract, dataFiles, dataNow } from "./dataViews.js";
import { dataPull, dataPush, remoteAdd, remoteList, remoteRemove } from "./remotes.js";
import { diskUse } from "./diskUse.js";
import { tableOpen, tableRows } from "./tables.js";
import { stageFinish, stagePlan, stagePrepare, stages } from "./pipeline.js";
import type { Job } from "./types.js";

/** What each kind of job does. */
export const jobs: { [K in Exclude<JobKind, "repro">]: Job<K> } = {
  captureCode,
  captureEnvironment,
  diskUse,
  dataAdd,
  dataStatus,
  dataList,
  dataLog,
  dataCheckout,
  dataPack,
  tableOpen,
  tableRows,
  stages,
  stagePlan,
  stagePrepare,
  stageFinish,
  dataFiles,
  dataExtract,
  dataNow,
  dataPush,
  dataPull,
  remoteAdd,
  remoteList,
  remoteRemove,
  compactDatabase: ({ alone }, { paths, progress, signal }) =>
    compactDatabase(paths, { alone, onProgress: report(progress), signal }),
  checkDatabase: (_params, { paths, progress, signal }) =>
    Promise.resolve(checkDatabase(paths, { onProgress: report(progress), signal })),
  async backup({ file }, { paths, progress, signal }) {
    await backupDatabase(paths, file, { onProgress: report(progress), signal });
    return { file, bytes: (await stat(file)).size };
  },
};

function report(tell: (state: { progress: number }) => void): (part: number) => void {
  return (progress) => {
    tell({ progress });
  };
}
