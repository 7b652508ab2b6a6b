import { CairnError, toError } from "../../shared/errors.js";

const HINTS = {
  corrupt:
    "The file was left as it is. Restore a backup with `cairn restore FILE`, or set the file aside to begin anew.",
  full: "Make space and try again: nothing was half-written.",
  refused: "Check the permissions of the folder and whether its file system is mounted read-only.",
  busy: "Another program has the database open. Close it and try again.",
} as const;

/**
 * What SQLite reports, as CairnError: `corrupt`, `full`, `refused` (read-only), `busy`. A CairnError passes through;
 * anything else is a bug or a failure of the environment and becomes `internal`, with its cause.
 */
export function asStoreError(thrown: unknown, file: string): CairnError {
  if (thrown instanceof CairnError) return thrown;
  const error = toError(thrown) as NodeJS.ErrnoException;
  const code = error.code ?? "";
  const as = (kind: keyof typeof HINTS, message: string) =>
    new CairnError(kind, message, { hint: HINTS[kind], cause: error });
  if (code.startsWith("SQLITE_CORRUPT") || code === "SQLITE_NOTADB")
    return as("corrupt", `The database ${file} is damaged: ${error.message}.`);
  if (code === "SQLITE_FULL" || code === "ENOSPC" || code === "EDQUOT")
    return as("full", `There is no space left for the database ${file}.`);
  // A write that fails in the middle of a file is, but for broken hardware, a full disk or quota.
  if (code === "SQLITE_IOERR_WRITE" || code === "SQLITE_IOERR_SHMSIZE" || code === "SQLITE_IOERR_FSYNC")
    return as("full", `The database ${file} cannot be written (no space, quota or broken disk).`);
  if (code.startsWith("SQLITE_READONLY") || code === "EACCES" || code === "EROFS" || code === "EPERM")
    return as("refused", `The database ${file} cannot be written: it is read-only.`);
  if (code.startsWith("SQLITE_CANTOPEN"))
    return as("refused", `The database ${file} cannot be opened: ${error.message}.`);
  if (code.startsWith("SQLITE_BUSY") || code.startsWith("SQLITE_LOCKED"))
    return as("busy", `The database ${file} is locked.`);
  return new CairnError("internal", `Failed to use the database ${file}: ${error.message}`, { cause: error });
}
