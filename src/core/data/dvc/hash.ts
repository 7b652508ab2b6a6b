import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { pipeline } from "node:stream/promises";
import { Transform } from "node:stream";

/** Bytes that DVC reads at once; where a block ends matters to the legacy hash. */
const BLOCK = 1 << 20;
/** How much of a block DVC looks at to tell text from binary, and which share of other bytes text may hold. */
const TEXT_SAMPLE = 512;
const TEXT_LIMIT = 0.3;

/** MD5 of a file's bytes, hexadecimal: DVC's object id since version 3. Streams; holds no file in memory. */
export function md5OfFile(file: string, signal?: AbortSignal): Promise<string> {
  return digest(file, [], signal);
}

/**
 * The object id of DVC before version 3, `md5-dos2unix`: each block of 1 MiB that begins like text counts with its
 * line ends made LF. (A CR LF that two blocks share stays, as it does in DVC.)
 */
export function legacyMd5OfFile(file: string, signal?: AbortSignal): Promise<string> {
  return digest(file, [inBlocks(withUnixLines)], signal);
}

async function digest(file: string, through: Transform[], signal?: AbortSignal): Promise<string> {
  const hash = createHash("md5");
  const source = createReadStream(file, { highWaterMark: BLOCK });
  await pipeline([source, ...through, hash], { signal });
  return hash.digest("hex");
}

/** Gives `change` blocks of exactly BLOCK bytes but for the last, however the stream comes. */
function inBlocks(change: (block: Buffer) => Buffer): Transform {
  let pending: Buffer = Buffer.alloc(0);
  return new Transform({
    transform(chunk: Buffer, _encoding, done) {
      pending = pending.length === 0 ? chunk : Buffer.concat([pending, chunk]);
      for (; pending.length >= BLOCK; pending = pending.subarray(BLOCK))
        this.push(change(pending.subarray(0, BLOCK)));
      done();
    },
    flush(done) {
      if (pending.length > 0) this.push(change(pending));
      done();
    },
  });
}

function withUnixLines(block: Buffer): Buffer {
  if (!looksLikeText(block.subarray(0, TEXT_SAMPLE))) return block;
  const result = Buffer.allocUnsafe(block.length);
  let length = 0;
  for (let i = 0; i < block.length; i++) {
    const byte = block[i] ?? 0;
    if (byte === 13 && block[i + 1] === 10) continue;
    result[length++] = byte;
  }
  return result.subarray(0, length);
}

function looksLikeText(sample: Buffer): boolean {
  if (sample.includes(0)) return false;
  let other = 0;
  for (const byte of sample) {
    const isText = (byte >= 32 && byte <= 126) || (byte >= 8 && byte <= 10) || byte === 12 || byte === 13;
    if (!isText) other++;
  }
  return other <= sample.length * TEXT_LIMIT;
}
