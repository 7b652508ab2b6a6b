import { execFile } from "node:child_process";
import { CairnError } from "../../shared/errors.js";

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
  const found = await run(git, folder, ["cat-file", "blob", `${commit}:${file}`]);
  if ("bytes" in found) return found.bytes;
  const { code, said, cause } = found;
  const short = commit.slice(0, 10);
  if (code === "ENOENT") {
    throw new CairnError("notFound", "Git was not found, so the committed files cannot be read.", {
      hint: "Install Git, or set git.path.",
      cause,
    });
  }
  if (code === "ERR_CHILD_PROCESS_STDIO_MAXBUFFER") {
    throw new CairnError("invalid", `${file} is too large to be compared here.`, { cause });
  }
  if (said.includes("not a git repository")) {
    throw new CairnError("notFound", "The project's folder is not in a Git repository.", {
      hint: "The run was recorded in one. Open that folder, or look at the patch.",
      cause,
    });
  }
  // Of a commit that is not there, Git too says that the file is not in it.
  if (!("bytes" in (await run(git, folder, ["cat-file", "-e", `${commit}^{commit}`])))) {
    throw new CairnError("notFound", `Commit ${short} is not in this repository.`, {
      hint: "Fetch it with git fetch, or look at the patch.",
      cause,
    });
  }
  if (/does not exist in|but not in/.test(said)) {
    throw new CairnError("notFound", `${file} is not in commit ${short}.`, { cause });
  }
  const reason = said.trim().split("\n")[0] ?? "";
  throw new CairnError("internal", `Failed to read ${file} of commit ${short}: ${reason}`, { cause });
}

type Outcome = { bytes: Buffer } | { code: unknown; said: string; cause: Error };

function run(git: string, folder: string, args: string[]): Promise<Outcome> {
  const env = {
    ...process.env,
    LC_ALL: "C",
    GIT_ALLOW_PROTOCOL: "none",
    GIT_NO_LAZY_FETCH: "1",
    GIT_OPTIONAL_LOCKS: "0",
    GIT_TERMINAL_PROMPT: "0",
  };
  return new Promise((resolve) => {
    execFile(
      git,
      ["-C", folder, ...args],
      { encoding: "buffer", maxBuffer: MAX_BLOB, env },
      (cause, bytes, said) => {
        if (cause) resolve({ code: cause.code, said: said.toString("utf8"), cause });
        else resolve({ bytes });
      },
    );
  });
}
