export { readDvcliveMetrics, readYamlParams } from "./documents.js";
export { atBeginning, cursorAt, type FileCursor, readOn, type ReadOnOptions } from "./readOn.js";
export { MAX_ARTIFACT, MAX_DOCUMENT } from "./limits.js";
export { allowedName } from "./names.js";
export { continuesAfter, dvcliveForm, lightningForm, readTable, type TableForm } from "./table.js";
export { readTfevents } from "./tfrecords.js";
export type * from "./types.js";
export { nothingFound } from "./types.js";
export { readWandb } from "./wandbLog.js";
