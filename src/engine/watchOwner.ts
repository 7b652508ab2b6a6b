import type { ProjectPaths } from "../core/project/index.js";
import { toError } from "../shared/errors.js";
import type { Health } from "../shared/protocol.js";
import { LockedError, takeLock } from "./lock.js";

const LOOK_MS = 2000;
/** Looks between two attempts at the lock, which on a network file system are not free. */
const LOOKS_A_TRY = 3;

/**
 * For an engine that only reads: looks whether the project's owner has written something, and whether there still is
 * a reason not to write. `because` is told once what the reason is.
 */
export function watchOwner(
  project: ProjectPaths,
  tell: {
    changed: () => Promise<void>;
    because: (problem: Health["problems"][number]) => void;
    free: () => void;
  },
): { stop: () => void } {
  let looks = 0;
  let told = false;
  const tryLock = (): boolean => {
    try {
      takeLock(project, "daemon").release();
      return true;
    } catch (thrown) {
      if (!told) tell.because(problemOf(thrown));
      told = true;
      return false;
    }
  };
  const look = async (): Promise<void> => {
    if (looks++ % LOOKS_A_TRY === 0 && tryLock()) {
      clearInterval(timer);
      tell.free();
      return;
    }
    await tell.changed();
  };
  const timer = setInterval(() => void look(), LOOK_MS);
  tryLock();
  return {
    stop: () => {
      clearInterval(timer);
    },
  };
}

function problemOf(thrown: unknown): Health["problems"][number] {
  const { message } = toError(thrown);
  const text = `The project is open for reading only. ${message}`;
  if (!(thrown instanceof LockedError)) return { severity: "warning", message: text };
  return { severity: "warning", message: text, hint: thrown.hint ?? "" };
}
