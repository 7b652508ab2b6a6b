/** Number of float64 values per packed point: step, timestamp, value. */
export const POINT_WIDTH = 3;

// Both exist in Node and in browsers; this folder is typed without either.
declare function btoa(binary: string): string;
declare function atob(base64: string): string;

const CHUNK = 0x8000;

/** Packs step, timestamp, value triples as base64 of little-endian float64 (the platforms Cairn runs on are little-endian). */
export function packPoints(values: Float64Array): string {
  const bytes = new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
  let binary = "";
  for (let at = 0; at < bytes.length; at += CHUNK)
    binary += String.fromCharCode(...bytes.subarray(at, at + CHUNK));
  return btoa(binary);
}

/** The inverse of `packPoints`. Throws RangeError when the length is not a whole number of points. */
export function unpackPoints(data: string): Float64Array {
  const binary = atob(data);
  if (binary.length % (8 * POINT_WIDTH) !== 0) throw new RangeError("Packed points have a broken length.");
  const bytes = new Uint8Array(binary.length);
  for (let i = 0; i < binary.length; i++) bytes[i] = binary.charCodeAt(i);
  return new Float64Array(bytes.buffer);
}
