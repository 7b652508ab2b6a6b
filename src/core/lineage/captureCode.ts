import { readFile } from "node:fs/promises";
import path from "node:path";
import type { CodeState, LeftOut } from "../../shared/capture.js";
import { CairnError, toError } from "../../shared/errors.js";
import { bytes, chooseChanges, withoutOrphans } from "./chooseChanges.js";
import { defaultBackend } from "./defaultBackend.js";
import { contentOf } from "./patchText.js";
import { publicUrl } from "./remoteUrl.js";
import {
  type CaptureLimits,
  type Change,
  DEFAULT_LIMITS,
  type GitBackend,
  type Look,
  type PatchSection,
  type Repository,
  type SecretFilter,
} from "./types.js";

export interface CaptureOptions {
  /** Absolute; the repository is the one around it. */
  folder: string;
  secrets: SecretFilter;
  signal: AbortSignal;
  limits?: Partial<CaptureLimits>;
  /** The user's git, else isomorphic-git. */
  backend?: GitBackend;
}

export interface CapturedCode {
  state: CodeState;
  /** What `state.patch` describes. */
  patch: Buffer | null;
}

/** Names of files that are listed as left out; of more the number is told. */
const MAX_LEFT_OUT = 1000;

/**
 * The state of the code in a folder: `git apply` of the patch on a clean checkout of the commit (in an empty repository
 * where there is none) gives the same tree, but for what `leftOut` and `notes` name. Nothing is written into the
 * repository and no command that it configures runs. Throws only an AbortError when `signal` says so; what fails
 * otherwise is told by the state.
 */
export async function captureCode(options: CaptureOptions): Promise<CapturedCode> {
  const begin = performance.now();
  const limits = { ...DEFAULT_LIMITS, ...options.limits };
  const backend = options.backend ?? (await defaultBackend());
  const timeout = AbortSignal.timeout(limits.time);
  const signal = AbortSignal.any([options.signal, timeout]);
  const state: CodeState = {
    ...{ state: "none", backend: backend.name, root: null, commit: null, branch: null, remote: null },
    ...{ dirty: false, changed: [], patch: null, leftOut: [], notes: [], took: 0 },
  };
  let patch: Buffer | null = null;
  try {
    const repository = await backend.open(options.folder, signal);
    if (repository) {
      state.root = repository.root;
      const look = await repository.look({ quick: false });
      describe(state, look);
      patch = await record(state, repository, look, options.secrets, limits);
    }
  } catch (error) {
    options.signal.throwIfAborted();
    state.state = "failed";
    const reason = timeout.aborted
      ? `Looking took longer than ${limits.time / 1000} s.`
      : toError(error).message;
    state.notes.push(reason);
  }
  shorten(state);
  state.took = Math.round(performance.now() - begin);
  return { state, patch };
}

function describe(state: CodeState, look: Look): void {
  state.state = look.commit === null ? "empty" : "recorded";
  state.commit = look.commit;
  state.branch = look.branch;
  state.remote = look.remote === null ? null : publicUrl(look.remote);
  state.changed = look.changes.map(({ path: name, change }) => ({ path: name, change }));
  state.dirty = isDirty(state);
  state.leftOut = [...look.leftOut];
  state.notes = [...look.notes];
}

const isDirty = ({ changed }: CodeState): boolean => changed.some(({ change }) => change !== "untracked");

async function record(
  state: CodeState,
  repository: Repository,
  look: Look,
  secrets: SecretFilter,
  limits: CaptureLimits,
): Promise<Buffer | null> {
  const told = new Set(look.leftOut.map(({ name }) => name));
  const open = look.changes.filter((change) => !told.has(change.path));
  if (open.length > limits.files) {
    state.notes.push(`${open.length - limits.files} of ${open.length} changed files are not recorded.`);
  }
  const { chosen, leftOut } = await chooseChanges(
    repository.root,
    open.slice(0, limits.files),
    secrets,
    limits,
  );
  state.leftOut.push(...leftOut);
  let made: { sections: PatchSection[]; leftOut: LeftOut[] };
  try {
    made = await repository.sections(look, chosen, limits.patch);
  } catch (error) {
    if (!(error instanceof CairnError) || error.code !== "full") throw error;
    const reason = `the changes are larger than ${bytes(limits.patch)} as a patch`;
    state.leftOut.push(...chosen.map(({ path: name }) => ({ name, reason })));
    return null;
  }
  state.leftOut.push(...made.leftOut);
  const clean: PatchSection[] = [];
  for (const section of made.sections) {
    const reason = await secretIn(section, repository.root, secrets);
    if (reason === undefined) clean.push(section);
    else state.leftOut.push({ name: section.path, reason });
  }
  forgetUnchanged(state, chosen, new Set(made.sections.map((section) => section.path)));
  const kept = withoutOrphans(clean, state.leftOut);
  if (kept.length === 0) return null;
  const patch = Buffer.concat(kept.map((section) => section.bytes));
  state.patch = { bytes: patch.length, files: kept.length };
  return patch;
}

/** Changed in the index and changed back in the work tree is not changed. */
function forgetUnchanged(state: CodeState, chosen: readonly Change[], different: ReadonlySet<string>): void {
  const named = new Set(state.leftOut.map(({ name }) => name));
  const isSame = ({ path: name, from, change }: Change): boolean =>
    ![name, from ?? name].some((one) => different.has(one) || named.has(one)) && change !== "unmerged";
  const same = new Set(chosen.filter(isSame).map((change) => change.path));
  state.changed = state.changed.filter((change) => !same.has(change.path));
  state.dirty = isDirty(state);
}

/** Runs of characters that a person could have written, as `strings` finds them. */
const printable = /[\x20-\x7e]{12,}/g;

async function secretIn(
  section: PatchSection,
  root: string,
  secrets: SecretFilter,
): Promise<string | undefined> {
  let text = contentOf(section);
  if (text === undefined) {
    const content = await readFile(path.join(root, section.path)).catch(() => Buffer.alloc(0));
    const isWide = content[0] === 0xff && content[1] === 0xfe;
    text = isWide
      ? content.toString("utf16le")
      : (content.toString("latin1").match(printable) ?? []).join("\n");
  }
  return secrets.text(text).leftOut[0]?.reason;
}

function shorten(state: CodeState): void {
  const more = state.leftOut.length - MAX_LEFT_OUT;
  if (more > 0) {
    state.notes.push(`${more} more files are not recorded, besides those that are named.`);
    state.leftOut.length = MAX_LEFT_OUT;
  }
  state.changed.length = Math.min(state.changed.length, DEFAULT_LIMITS.files);
}
