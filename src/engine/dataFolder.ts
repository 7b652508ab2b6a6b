import {
  accessSync,
  chmodSync,
  closeSync,
  constants,
  fsyncSync,
  lstatSync,
  mkdirSync,
  openSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import path from "node:path";
import type { ProjectPaths } from "../core/project/index.js";
import { CairnError, toError } from "../shared/errors.js";

/** Makes the project's data folder, private and kept out of Git. Throws CairnError `refused` where nothing can be written. */
export function ensureDataFolder(paths: ProjectPaths): void {
  try {
    for (const folder of [paths.data, paths.artifacts, paths.launches, paths.logs])
      mkdirSync(folder, { recursive: true, mode: 0o700 });
    writeMissing(path.join(paths.data, ".gitignore"), "*\n");
    accessSync(paths.data, constants.W_OK);
  } catch (thrown) {
    const error = toError(thrown) as NodeJS.ErrnoException;
    const denied = error.code === "EACCES" || error.code === "EPERM" || error.code === "EROFS";
    const full = error.code === "ENOSPC" || error.code === "EDQUOT";
    throw new CairnError(
      denied ? "refused" : full ? "full" : "internal",
      `Failed to write to ${paths.data}: ${error.message}`,
      {
        hint: denied
          ? "Make the folder writable, or put Cairn's data elsewhere with the setting cairn.dataDir (CAIRN_DATA_DIR)."
          : full
            ? "Free some space on that disk."
            : undefined,
        cause: thrown,
      },
    );
  }
}

/**
 * A folder where others may write too, so that somebody else could have made it first and then owns what is in it.
 * Throws CairnError `refused` if so.
 */
export function ensurePrivateFolder(folder: string): void {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  if (process.platform === "win32") return;
  const stat = lstatSync(folder);
  if (!stat.isDirectory() || stat.uid !== process.getuid?.()) {
    throw new CairnError("refused", `${folder} belongs to somebody else.`, {
      hint: "Remove it, or set XDG_RUNTIME_DIR to a folder of your own.",
    });
  }
  if ((stat.mode & 0o077) !== 0) chmodSync(folder, 0o700);
}

/**
 * Replaces `file` as a whole or not at all; readable by its owner only. `durably` also survives a power cut, which
 * what is only true while a process lives need not.
 */
export function writePrivately(file: string, text: string, { durably = false } = {}): void {
  const temporary = `${file}.${process.pid}.tmp`;
  try {
    const fd = openSync(temporary, "w", 0o600);
    try {
      writeFileSync(fd, text);
      if (durably) fsyncSync(fd);
    } finally {
      closeSync(fd);
    }
    renameSync(temporary, file);
  } catch (error) {
    rmSync(temporary, { force: true });
    throw error;
  }
}

function writeMissing(file: string, text: string): void {
  try {
    writeFileSync(file, text, { flag: "wx" });
  } catch (error) {
    if ((toError(error) as NodeJS.ErrnoException).code !== "EEXIST") throw error;
  }
}
