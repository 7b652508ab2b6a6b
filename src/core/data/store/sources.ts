import { closeSync, fstatSync, openSync, readSync } from "node:fs";
import { CairnError } from "../../../shared/errors.js";

/** Bytes that can be read anywhere. */
export interface ByteSource {
  readonly size: number;
  /** Exactly `length` bytes from `offset` on. The buffer may be shared: not to be written to, nor kept. */
  read(offset: number, length: number): Buffer;
  close(): void;
}

export function bufferSource(bytes: Buffer): ByteSource {
  return {
    size: bytes.length,
    read: (offset, length) => {
      if (offset + length > bytes.length) throw new RangeError("it ends too soon");
      return bytes.subarray(offset, offset + length);
    },
    close: () => undefined,
  };
}

/** A part of a file, the whole without `range`. Throws what opening throws; reads throw `corrupt` past the end. */
export function fileSource(file: string, range?: { offset: number; size: number }): ByteSource {
  const fd = openSync(file, "r");
  let open = true;
  const { offset: base, size } = range ?? { offset: 0, size: fstatSync(fd).size };
  return {
    size,
    read(offset, length) {
      if (offset + length > size) throw new RangeError("it ends too soon");
      return readExactly(fd, base + offset, length, file);
    },
    close() {
      if (open) closeSync(fd);
      open = false;
    },
  };
}

/** Reads exactly so many bytes at a place of an open file. Throws CairnError `corrupt` where it is shorter. */
export function readExactly(fd: number, position: number, length: number, label: string): Buffer {
  const bytes = Buffer.allocUnsafe(length);
  let done = 0;
  while (done < length) {
    const count = readSync(fd, bytes, done, length - done, position + done);
    if (count === 0) throw new CairnError("corrupt", `The file ${label} is shorter than it should be.`);
    done += count;
  }
  return bytes;
}

/** All of a source in parts of at most `step` bytes. */
export function* parts(source: ByteSource, step: number): Generator<Buffer> {
  for (let at = 0; at < source.size; at += step) yield source.read(at, Math.min(step, source.size - at));
}
