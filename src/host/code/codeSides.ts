import type { CodeState } from "../../shared/capture.js";
import { CairnError } from "../../shared/errors.js";
import { applyPatch } from "../../shared/patch/applyPatch.js";
import { type FilePatch, parsePatch } from "../../shared/patch/parsePatch.js";

export interface CodeSides {
  /** As committed; empty for a file that the commit does not have. */
  before: string;
  /** As it was when the run started; empty for one that had been removed. */
  after: string;
}

/**
 * Both sides of one changed file. `patch` has a character a byte; `readBlob` gives a file of the commit. Throws
 * CairnError with the reason where a side cannot be had.
 */
export async function codeSides(
  code: CodeState,
  patch: string,
  path: string,
  readBlob: (file: string) => Promise<Buffer>,
): Promise<CodeSides> {
  const part = parsePatch(patch).find((each) => utf8(each.after ?? each.before ?? "") === path);
  if (!part) throw notRecorded(code, path);
  if (part.binary) {
    throw new CairnError("invalid", `${path} is binary, so there are no lines to compare.`, {
      hint: "The patch holds its content: git apply restores it.",
    });
  }
  const before = part.before === undefined ? "" : await committed(part, utf8(part.before), readBlob);
  const after = part.after === undefined ? "" : applyPatch(before, part);
  if (after === undefined) {
    throw new CairnError("corrupt", `The patch of this run does not fit ${path} as it was committed.`, {
      hint: "Lines that hold a secret are masked in the patch. Open the patch to see the others.",
    });
  }
  return { before: utf8(before), after: utf8(after) };
}

/** A file that was renamed without a change, or only made executable, has no lines in the patch. */
async function committed(
  part: FilePatch,
  name: string,
  readBlob: (file: string) => Promise<Buffer>,
): Promise<string> {
  if (part.hunks.length === 0 && part.after === undefined) return "";
  return (await readBlob(name)).toString("latin1");
}

function notRecorded(code: CodeState, path: string): CairnError {
  const left = code.leftOut.find(({ name }) => name === path);
  return left
    ? new CairnError("notFound", `What was changed in ${path} was not recorded: ${left.reason}.`)
    : new CairnError("notFound", `The patch of this run has nothing about ${path}.`, {
        hint: code.notes[0] ?? "Open the patch to see what it has.",
      });
}

function utf8(bytes: string): string {
  return Buffer.from(bytes, "latin1").toString("utf8");
}
