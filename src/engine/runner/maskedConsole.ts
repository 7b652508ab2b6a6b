import { closeSync, fstatSync, openSync, readSync, unlinkSync, writeSync } from "node:fs";
import { createStreamMask } from "../../core/redact/index.js";

const POLL_MS = 50;
const CHUNK_BYTES = 256 << 10;

/** A file that the command writes to, copied to the console log without the secrets. */
export interface MaskedConsole {
  /** For the command's output and errors. */
  readonly fd: number;
  /** Copies what is there by now. */
  copy(): void;
  /** Copies the rest, and stops. */
  end(): void;
}

/**
 * A file and not a pipe: the order of output and errors stays, nothing waits for this process, and its death breaks
 * no training (but what the command writes from then on is lost). The file has no name, so that its secrets are
 * nowhere to be found and its space is free with the last process that holds it.
 */
export function openMaskedConsole(
  console: string,
  output: number,
  secrets: readonly string[],
): MaskedConsole {
  const raw = `${console}.raw`;
  const fd = openSync(raw, "ax+", 0o600);
  unlinkSync(raw);
  const mask = createStreamMask(secrets);
  const buffer = Buffer.alloc(CHUNK_BYTES);
  let position = 0;
  let waiting: Buffer = Buffer.alloc(0);

  /** False when the disk is full: the rest is tried again. */
  function write(data: Buffer): boolean {
    waiting = waiting.length === 0 ? data : Buffer.concat([waiting, data]);
    try {
      while (waiting.length > 0) waiting = waiting.subarray(writeSync(output, waiting));
      return true;
    } catch {
      waiting = Buffer.from(waiting);
      return false;
    }
  }

  function copy(): void {
    if (!write(Buffer.alloc(0))) return;
    // A shell's `> /dev/stderr` empties the file; what is there now is all new.
    if (fstatSync(fd).size < position) position = 0;
    for (;;) {
      const length = readSync(fd, buffer, 0, buffer.length, position);
      if (length === 0) return;
      position += length;
      if (!write(Buffer.from(mask.push(buffer.subarray(0, length))))) return;
    }
  }

  const timer = setInterval(copy, POLL_MS);
  return {
    fd,
    copy,
    end() {
      clearInterval(timer);
      copy();
      write(Buffer.from(mask.end()));
      closeSync(fd);
      closeSync(output);
    },
  };
}
