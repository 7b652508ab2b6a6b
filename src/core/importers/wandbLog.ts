import { crc32 } from "node:zlib";
import { CairnError } from "../../shared/errors.js";
import { MAX_RECORD } from "./limits.js";
import { corrupt } from "./wire.js";
import type { Found, Progress, ReaderContext, ReaderState } from "./types.js";
import { WandbRecords } from "./wandbRecord.js";

/** LevelDB's log format (leveldb/doc/log_format.md) behind a header of seven bytes, with plain CRC-32. */
const BLOCK = 32 << 10;
const FILE_HEAD = 7;
const MAGIC = Buffer.from([0x3a, 0x57, 0x26, 0x42, 0xe1, 0xbe, 0]); // ":W&B", 0xBEE1, version 0
/** Checksum, length, kind. */
const PIECE_HEAD = 7;
const FULL = 1;
const FIRST = 2;
/** Those between are 3. */
const LAST = 4;

/** Reads the transaction log that W&B writes offline (`run-ID.wandb`). A damaged block is left out. */
export function readWandb(
  chunk: Uint8Array,
  offset: number,
  state: ReaderState,
  found: Found,
  context: ReaderContext,
): Progress {
  const view = new DataView(chunk.buffer, chunk.byteOffset, chunk.byteLength);
  const records = new WandbRecords(state, found, context);
  let pos = 0;
  if (offset === 0) {
    if (chunk.length < FILE_HEAD) return { consumed: 0, wanted: FILE_HEAD, skip: 0 };
    if (!MAGIC.equals(chunk.subarray(0, FILE_HEAD)))
      throw corrupt("The file does not begin as a W&B log does.");
    pos = FILE_HEAD;
  }
  /** Where the record that is being put together begins; what is before needs not be seen again. */
  let begin = pos;
  let parts: Uint8Array[] | undefined;
  let size = 0;
  for (;;) {
    const left = BLOCK - ((offset + pos) % BLOCK);
    if (left < PIECE_HEAD) {
      if (chunk.length - pos < left) break;
      pos += left;
      if (parts === undefined) begin = pos;
      continue;
    }
    if (chunk.length - pos < PIECE_HEAD) break;
    const length = view.getUint16(pos + 4, true);
    const kind = view.getUint8(pos + 6);
    // Space that the system gave out but that nothing was written to yet.
    if (kind === 0 && length === 0 && view.getUint32(pos, true) === 0) break;
    const start = pos + PIECE_HEAD;
    const fits = PIECE_HEAD + length <= left && kind >= FULL && kind <= LAST;
    if (fits && chunk.length - start < length) break;
    const piece = chunk.subarray(start, start + length);
    if (!fits || crc32(piece, crc32(Uint8Array.of(kind))) !== view.getUint32(pos, true)) {
      found.problems.add("A damaged block was left out.");
      return { consumed: pos, wanted: 0, skip: left };
    }
    pos = start + length;
    if (kind === FULL || kind === FIRST) {
      parts = [];
      size = 0;
    }
    parts?.push(piece);
    size += length;
    if (size > MAX_RECORD) {
      found.problems.add("A record that is too large was left out.");
      parts = undefined;
    }
    if (parts !== undefined && (kind === FULL || kind === LAST)) {
      take(records, parts, found);
      parts = undefined;
    }
    if (parts === undefined) begin = pos;
  }
  // More than there is, so that the rest of a record in many pieces comes with its beginning.
  return { consumed: begin, wanted: parts === undefined ? 0 : chunk.length - begin + BLOCK, skip: 0 };
}

function take(records: WandbRecords, parts: readonly Uint8Array[], found: Found): void {
  const [only] = parts;
  try {
    records.read(parts.length === 1 && only !== undefined ? only : Buffer.concat(parts));
  } catch (error) {
    if (!(error instanceof CairnError)) throw error;
    found.problems.add("A record that is no W&B record was left out.");
  }
}
