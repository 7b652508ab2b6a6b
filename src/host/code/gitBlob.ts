import { execFile } from "node:child_process";
import { CairnError, toError } from "../../shared/errors.js";

const MAX_BLOB = 32 * 1024 * 1024;
/** An object's name in SHA-1 or SHA-256. */
const COMMIT = /^(?:[0-9a-f]{40}|[0-9a-f]{64})$/;

/**
 * A file as a commit of the repository around `folder` has it. Neither fetches what a partial clone lacks nor asks for
 * anything. Throws CairnError `notFound` when the commit, the file or Git itself is not there.
 */
export async function readCommitted(
  git: string,
  folder: string,
  commit: string,
  file: string,
): Promise<Buffer> {
  if (!COMMIT.test(commit)) throw new CairnError("invalid", `"${commit}" is not the name of a commit.`);
  return new Promise((resolve, reject) => {
    execFile(
      git,
      ["-C", folder, "cat-file", "blob", `${commit}:${file}`],
      {
        encoding: "buffer",
        maxBuffer: MAX_BLOB,
        env: {
          ...process.env,
          LC_ALL: "C",
          GIT_ALLOW_PROTOCOL: "none",
          GIT_NO_LAZY_FETCH: "1",
          GIT_OPTIONAL_LOCKS: "0",
          GIT_TERMINAL_PROMPT: "0",
        },
      },
      (error, stdout, stderr) => {
        if (error) reject(explained(error, stderr.toString("utf8"), commit, file));
        else resolve(stdout);
      },
    );
  });
}

function explained(cause: unknown, said: string, commit: string, file: string): CairnError {
  const { code } = cause as { code?: unknown };
  const short = commit.slice(0, 10);
  if (code === "ENOENT") {
    return new CairnError("notFound", "Git was not found, so the committed files cannot be read.", {
      hint: "Install Git, or set git.path.",
      cause,
    });
  }
  if (code === "ERR_CHILD_PROCESS_STDIO_MAXBUFFER") {
    return new CairnError("invalid", `${file} is too large to be compared here.`, { cause });
  }
  if (said.includes('not a git repository')) {
    return new CairnError("notFound", "The project's folder is not in a Git repository.", {
      hint: "The run was recorded in one. Open that folder, or look at the patch.",
      cause,
    });
  }
  if (/does not exist in|exists on disk, but not in/.test(said)) {
    return new CairnError("notFound", `${file} is not in commit ${short}.`, { cause });
  }
  if (/Not a valid object name|bad object|invalid object name|could not get object info/i.test(said)) {
    return new CairnError("notFound", `Commit ${short} is not in this repository.`, {
      hint: "Fetch it with git fetch, or look at the patch.",
      cause,
    });
  }
  const reason = said.trim().split("\n")[0];
  return new CairnError(
    "internal",
    `Failed to read ${file} of commit ${short}: ${reason ?? toError(cause).message}`,
    {
      cause,
    },
  );
}
