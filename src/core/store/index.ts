export { backupDatabase, type BackupOptions } from "./backup.js";
export { checkDatabase, type CheckResult } from "./check.js";
export { describeDatabase, type DatabaseDescription } from "./describe.js";
export { asStoreError } from "./errors.js";
export { openNative } from "./native.js";
export { fileSystemOf, type FileSystem } from "./fileSystem.js";
export { type Db, openDatabase, type OpenOptions } from "./openDatabase.js";
export { setAside } from "./setAside.js";
export { SCHEMA_VERSION } from "./migrate.js";
