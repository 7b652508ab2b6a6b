import { maskedCrc32c } from "./crc32c.js";
import { readEvent, EventNames } from "./tfEvent.js";
import { MAX_RECORD } from "./limits.js";
import type { Found, Progress, ReaderContext, ReaderState } from "./types.js";
import { CairnError } from "../../shared/errors.js";
import { corrupt } from "./wire.js";

/** Length, 8 bytes, and its checksum. */
const HEAD = 12;
/** The payload's checksum. */
const TAIL = 4;

/**
 * Reads a TensorBoard event file: TFRecord framing (length, masked CRC-32C of the length, payload, masked CRC-32C of the
 * payload; little-endian; tensorflow/core/lib/io/record_writer) around Event messages. The checksum of a payload is
 * looked at only where it gave something: files are mostly graphs and histograms, which are passed over. A damaged
 * payload is left out; a damaged length throws CairnError `corrupt`, as nothing behind it can be found.
 */
export function readTfevents(
  chunk: Uint8Array,
  offset: number,
  state: ReaderState,
  found: Found,
  context: ReaderContext,
): Progress {
  const view = new DataView(chunk.buffer, chunk.byteOffset, chunk.byteLength);
  const names = new EventNames(chunk, state, context);
  let pos = 0;
  while (chunk.length - pos >= HEAD) {
    const length = view.getUint32(pos, true) + view.getUint32(pos + 4, true) * 2 ** 32;
    if (view.getUint32(pos + 8, true) !== maskedCrc32c(chunk, pos, pos + 8)) {
      if (pos > 0) break; // what came before is taken in first
      throw corrupt(`The event file is damaged at byte ${offset}.`);
    }
    const whole = HEAD + length + TAIL;
    if (length > MAX_RECORD) {
      found.problems.add(`A record of ${length} bytes is too large and was left out.`);
      return { consumed: pos, wanted: 0, skip: whole };
    }
    if (chunk.length - pos < whole) return { consumed: pos, wanted: whole, skip: 0 };
    const start = pos + HEAD;
    const mark = [found.metrics.length, found.params.length, found.artifacts.length] as const;
    try {
      readEvent(names, start, start + length, found, context);
    } catch (error) {
      if (!(error instanceof CairnError)) throw error;
      takeBack(found, mark);
      found.problems.add("A record that is no TensorBoard event was left out.");
    }
    const gave =
      found.metrics.length > mark[0] || found.params.length > mark[1] || found.artifacts.length > mark[2];
    if (gave && view.getUint32(start + length, true) !== maskedCrc32c(chunk, start, start + length)) {
      takeBack(found, mark);
      found.problems.add("A damaged record was left out.");
    }
    pos += whole;
  }
  return { consumed: pos, wanted: HEAD, skip: 0 };
}

function takeBack(found: Found, [metrics, params, artifacts]: readonly [number, number, number]): void {
  found.metrics.length = metrics;
  found.params.length = params;
  found.artifacts.length = artifacts;
}
