import { insist } from "./values.js";

const MAX_WIDTH = 7;

/**
 * Whole numbers from 0 to 2⁵³ − 1, the lowest bytes of all of them first, then the next: bytes that are alike come to
 * lie together. The first byte says how many bytes a number has.
 */
export function toPlanes(numbers: Float64Array | Uint32Array): Buffer {
  let most = 0;
  for (const number of numbers) if (number > most) most = number;
  const width = widthOf(most);
  const count = numbers.length;
  const bytes = Buffer.allocUnsafe(1 + width * count);
  bytes[0] = width;
  for (let plane = 0; plane < width; plane++) {
    const at = 1 + plane * count;
    if (plane < 4 && most < 2 ** 32) {
      const shift = plane * 8;
      for (let i = 0; i < count; i++) bytes[at + i] = ((numbers[i] ?? 0) >>> shift) & 0xff;
    } else {
      const scale = 2 ** (plane * 8);
      for (let i = 0; i < count; i++) bytes[at + i] = Math.floor((numbers[i] ?? 0) / scale) % 256;
    }
  }
  return bytes;
}

/** Throws CairnError `corrupt` for what has not `count` numbers. */
export function fromPlanes(bytes: Buffer, count: number): Float64Array {
  const width = bytes[0] ?? 0;
  insist(width <= MAX_WIDTH && bytes.length === 1 + width * count, "a part has another number of values");
  const numbers = new Float64Array(count);
  for (let plane = 0, scale = 1; plane < width; plane++, scale *= 256) {
    const at = 1 + plane * count;
    for (let i = 0; i < count; i++) numbers[i] = (numbers[i] ?? 0) + (bytes[at + i] ?? 0) * scale;
  }
  return numbers;
}

function widthOf(most: number): number {
  let width = 0;
  for (let rest = most; rest >= 1; rest = Math.floor(rest / 256)) width++;
  return width;
}
