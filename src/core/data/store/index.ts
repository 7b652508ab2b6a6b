/**
 * The content of data versions, `.cairn/store`.
 *
 * What it keeps are contents, each once, known by DVC's MD5 (so that pointers, remotes and teammates need nothing else)
 * and verified by SHA-256 whenever one is read. A content lies in a range of one of the store's files; small ones share
 * a file, because twenty thousand creations and fsyncs take longer than everything else together.
 *
 * `add` writes contents as they are: large ones by reflink or copy, small ones one behind the other. It hashes what it
 * has written, makes it safe with one fsync a file, and refers to all of it in one transaction, before the pointer is
 * written. Killed before that, nothing happened.
 *
 * `pack` comes later and makes each content as small as one of the recipes can. A recipe either stands alone (`raw`,
 * `zstd`, `columns`, `planes`) or makes a content of an older one (`lines`, `cells`, `pages`, `tensors`, `bytes`). Versions that follow each other form groups of at most
 * eight: the first stands alone, and number n is made of number n with its lowest bit cleared. Restoring any of them
 * takes three others at most, and a damaged file harms no more than its group. A content is restored from where it was
 * packed and compared before the database points there.
 *
 * Behind the contents of each file stands a list of them, and of the versions that brought them: from these a database
 * that was lost or put back is made again (../recover.ts).
 *
 * Who may do what when: the database decides. Every file is written down in `data_file` before it is made and before it
 * is removed, with the process that is at it; what a dead process has left is removed by the next that writes. Two that
 * store the same content both may: the second finds the first's row and drops its own bytes. A reader that finds a file
 * gone looks where its content is now.
 */
export { ContentStore, isCorrupt } from "./contentStore.js";
export { type IndexedVersion, readIndex } from "./fileIndex.js";
export type { NewObject, RestoredObject, StoredObject } from "./objects.js";
export { pack, type PackOptions } from "./packer.js";
export { secure, type StoreFile, type StoreFiles, syncFolder } from "./storeFiles.js";
