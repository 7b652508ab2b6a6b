import type { CodeState } from "../shared/capture.js";
import type { RunDocument } from "./runDocument.js";

/** Changed files that are named. */
const NAMED = 8;

function commitLine({ git, code }: RunDocument): string | undefined {
  if (code?.state === "none") return "none: the folder is in no Git repository";
  if (code?.state === "empty") return "none: the repository had no commit";
  const commit = code?.commit ?? git.commit;
  if (commit === null) return undefined;
  const branch = code?.branch ?? git.branch;
  const dirty = code?.dirty ?? git.dirty;
  const parts = [commit.slice(0, 10), branch === null ? "" : ` on ${branch}`, dirty ? ", with changes" : ""];
  return parts.join("");
}

function changedLine({ changed, patch }: CodeState): string {
  if (changed.length === 0) return "";
  const named = changed.slice(0, NAMED).map(({ path, change }) => `${path} (${change})`);
  const more = changed.length > NAMED ? [`${changed.length - NAMED} more`] : [];
  const size = patch ? `; patch of ${patch.bytes} bytes` : "";
  return `${changed.length} ${changed.length === 1 ? "file" : "files"}: ${[...named, ...more].join(", ")}${size}`;
}

/** The code of a run, as facts for people: name and value, some without one. */
export function codeFacts(run: RunDocument): [string, string | undefined][] {
  const { code } = run;
  return [
    ["commit", commitLine(run)],
    ["remote", code?.remote ?? undefined],
    ["changed", code ? changedLine(code) : undefined],
    ...(code?.leftOut ?? []).map(({ name, reason }): [string, string] => ["left out", `${name} (${reason})`]),
    ...(code?.notes ?? []).map((note): [string, string] => ["", note]),
  ];
}
