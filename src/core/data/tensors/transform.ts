/** What of a stretch of numbers is stored: how it differs from the old one, and its bytes by their place in a number. */
export const KIND = { raw: 0, same: 1, planes: 2, difference: 3, exclusive: 4 } as const;

/** First the lowest bytes of all numbers, then the next; what is no whole number comes last. */
export function toPlanes(bytes: Buffer, width: number): Buffer {
  if (width === 1) return bytes;
  const count = Math.floor(bytes.length / width);
  const out = Buffer.allocUnsafe(bytes.length);
  for (let plane = 0; plane < width; plane++) {
    const at = plane * count;
    for (let i = 0, from = plane; i < count; i++, from += width) out[at + i] = bytes[from] ?? 0;
  }
  bytes.copy(out, count * width, count * width);
  return out;
}

export function fromPlanes(bytes: Buffer, width: number): Buffer {
  if (width === 1) return bytes;
  const count = Math.floor(bytes.length / width);
  const out = Buffer.allocUnsafe(bytes.length);
  for (let plane = 0; plane < width; plane++) {
    const at = plane * count;
    for (let i = 0, to = plane; i < count; i++, to += width) out[to] = bytes[at + i] ?? 0;
  }
  bytes.copy(out, count * width, count * width);
  return out;
}

export function exclusive(bytes: Buffer, old: Buffer): Buffer {
  const out = Buffer.allocUnsafe(bytes.length);
  for (let i = 0; i < bytes.length; i++) out[i] = (bytes[i] ?? 0) ^ (old[i] ?? 0);
  return out;
}

/**
 * Numbers of two or four bytes less the old ones, as whole numbers whatever they mean: floats that are close have bits
 * that are close. Small ones of either sign become small ones without.
 */
export function difference(bytes: Buffer, old: Buffer, width: number): Buffer {
  const out = Buffer.from(bytes);
  const [now, was] = [viewOf(out), viewOf(old)];
  const end = bytes.length - (bytes.length % width);
  if (width === 4)
    for (let at = 0; at < end; at += 4) {
      const step = (now.getInt32(at, true) - was.getInt32(at, true)) | 0;
      now.setInt32(at, (step << 1) ^ (step >> 31), true);
    }
  if (width === 2)
    for (let at = 0; at < end; at += 2) {
      const step = ((now.getInt16(at, true) - was.getInt16(at, true)) << 16) >> 16;
      now.setInt16(at, (step << 1) ^ (step >> 15), true);
    }
  return out;
}

export function sum(steps: Buffer, old: Buffer, width: number): Buffer {
  const out = Buffer.from(steps);
  const [now, was] = [viewOf(out), viewOf(old)];
  const end = steps.length - (steps.length % width);
  if (width === 4)
    for (let at = 0; at < end; at += 4) {
      const step = now.getInt32(at, true);
      now.setInt32(at, ((step >>> 1) ^ -(step & 1)) + was.getInt32(at, true), true);
    }
  if (width === 2)
    for (let at = 0; at < end; at += 2) {
      const step = now.getUint16(at, true);
      now.setInt16(at, ((step >>> 1) ^ -(step & 1)) + was.getInt16(at, true), true);
    }
  return out;
}

function viewOf(bytes: Buffer): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
}
