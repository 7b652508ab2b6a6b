export { addData, type AddOptions } from "./add.js";
export { checkoutData, type CheckoutOptions } from "./checkout.js";
export { currentData, currentFiles } from "./currentData.js";
export { type DataContext, DataProject, type DataProgress, realTarget } from "./context.js";
export { byCodePoint, dirOid, encodeDirObject, parseDirObject, type DirEntry } from "./dvc/dirObject.js";
export { legacyMd5OfFile, md5OfFile } from "./dvc/hash.js";
export { assertNotLocked } from "./dvc/dvcRepository.js";
export { findTracked, SKIPPED_FOLDERS } from "./datasets/findDatasets.js";
export { placeOf } from "./datasets/place.js";
export { wantsCache as wantsDvcCache } from "./linkCache.js";
export { ContentLooker, isStored, type LockedContent, restoreOutput, storeOutput } from "./outputs.js";
export { DvcIgnores } from "./tree/dvcIgnores.js";
export { readPointer, writePointer, type Content, type Pointer, type PointerOut } from "./dvc/pointer.js";
export { isDataset, knownVersion } from "./knownVersion.js";
export { listData, logData, versionOf } from "./log.js";
export { type Recovered, recoverStore } from "./recover.js";
export {
  addRemote,
  findRemote,
  listRemotes,
  type NewRemote,
  pullData,
  pushData,
  removeRemote,
  type TransferOptions,
} from "./remotes/index.js";
export { statusOfData } from "./status.js";
export { pack as packData } from "./store/index.js";
export { runDataTask } from "./threads/index.js";
export { extractFile, type ExtractOptions, versionFiles } from "./versionFiles.js";
