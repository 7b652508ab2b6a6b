import * as zlib from "node:zlib";
import { CairnError } from "../../../shared/errors.js";

/** Fast, and within a few percent of what levels ten times as slow give on tables. */
const LEVEL = 3;
const MIN_CHUNK = 16 << 10;

/** One frame. Throws CairnError `unavailable` on a Node without zstd. */
export function compress(bytes: Buffer): Buffer {
  // Older Nodes have no such function, whatever the types say.
  const { zstdCompressSync: run } = zlib as Partial<typeof zlib>;
  if (!run) throw missing();
  const params = { [zlib.constants.ZSTD_c_compressionLevel]: LEVEL };
  return run(bytes, { params, chunkSize: Math.max(bytes.length >> 2, MIN_CHUNK) });
}

/** The content of one frame, which must have `size` bytes. Throws RangeError or zlib's own where it has not. */
export function decompress(frame: Buffer, size: number): Buffer {
  if (size === 0) return Buffer.alloc(0);
  const { zstdDecompressSync: run } = zlib as Partial<typeof zlib>;
  if (!run) throw missing();
  // All at once: by itself zlib gathers parts of 16 KiB.
  const bytes = run(frame, { maxOutputLength: size, chunkSize: Math.max(size, MIN_CHUNK) });
  if (bytes.length !== size) throw new RangeError("a part has another length than it says");
  return bytes;
}

function missing(): CairnError {
  return new CairnError(
    "unavailable",
    `Versions of data need Node 22.15 or newer; this is ${process.versions.node}.`,
    {
      hint: "Name a newer one in the setting cairn.nodePath (or CAIRN_NODE).",
    },
  );
}
