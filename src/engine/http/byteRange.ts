import type { ByteRange } from "../../core/artifacts/index.js";

/**
 * The one range of a `Range` header (RFC 9110, 14.2). Undefined for none, several, one counted from the end, or
 * another unit: these are answered with the whole file, as the standard allows.
 */
export function byteRange(header: string | undefined): ByteRange | undefined {
  const match = /^bytes=(\d{1,15})-(\d{0,15})$/.exec(header?.trim() ?? "");
  if (!match) return undefined;
  const start = Number(match[1]);
  const length = match[2] === "" ? Infinity : Number(match[2]) - start + 1;
  return length > 0 ? { start, length } : undefined;
}
