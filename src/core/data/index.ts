export { byCodePoint, dirOid, encodeDirObject, parseDirObject, type DirEntry } from "./dvc/dirObject.js";
export { legacyMd5OfFile, md5OfFile } from "./dvc/hash.js";
export { readPointer, writePointer, type Content, type Pointer, type PointerOut } from "./dvc/pointer.js";
