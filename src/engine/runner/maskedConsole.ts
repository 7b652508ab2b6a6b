import { type ChildProcess, spawn } from "node:child_process";
import { closeSync, openSync, unlinkSync } from "node:fs";
import { createMaskedCopy, writeNotes } from "../../core/runs/maskedCopy.js";
import { type Identity, identify } from "../../core/runs/processIdentity.js";

const POLL_MS = 50;
/** How long what was not copied waits for somebody who copies it. */
const KEPT_SECONDS = 7 * 24 * 60 * 60;

/** A file that the command writes to, copied to the console log without the secrets. */
export interface MaskedConsole {
  /** For the command's output and errors. */
  readonly fd: number;
  /** The process that keeps the file while this one is killed; undefined where there can be none. */
  readonly keeper: Identity | undefined;
  /** Copies what is there by now. */
  copy(): void;
  /** Copies the rest, and stops. */
  end(): void;
}

/**
 * A file and not a pipe: the order of output and errors stays, nothing waits for this process, and its death breaks no
 * training. The file has no name, so that its secrets are nowhere to be found and its space is free with the last
 * process that holds it. Another such process beside this one sleeps, so that an engine finds there what was written
 * after this one was killed, whether or not the command still lives.
 */
export function openMaskedConsole(
  console: string,
  output: number,
  secrets: readonly string[],
): MaskedConsole {
  const fd = openUnnamed(`${console}.raw`, "ax+");
  const notes = openUnnamed(`${console}.notes`, "wx+");
  writeNotes(notes, secrets);
  const keeper = keep(notes, fd);
  const copying = createMaskedCopy({ raw: fd, output, notes }, secrets);
  const timer = setInterval(() => copying.copy(), POLL_MS);
  return {
    fd,
    keeper: keeper?.pid === undefined ? undefined : identify(keeper.pid),
    copy: () => void copying.copy(),
    end() {
      clearInterval(timer);
      copying.end();
      for (const each of [fd, notes, output]) closeSync(each);
      keeper?.kill("SIGKILL");
    },
  };
}

function openUnnamed(file: string, flags: string): number {
  const fd = openSync(file, flags, 0o600);
  unlinkSync(file);
  return fd;
}

/** Only Linux lets another process open a file without a name. */
function keep(notes: number, raw: number): ChildProcess | undefined {
  if (process.platform !== "linux") return undefined;
  const keeper = spawn("sleep", [String(KEPT_SECONDS)], {
    cwd: "/",
    detached: true,
    stdio: [notes, raw, "ignore"],
    // Not the run's: what bears its id is stopped with it.
    env: { PATH: process.env.PATH },
  });
  // Without it a killed runner loses what comes then.
  keeper.once("error", () => undefined);
  keeper.unref();
  return keeper;
}
