/** Digits of which every number is exact. */
const MAX_DIGITS = 15;
const [MINUS, DOT, ZERO, NINE] = [45, 46, 48, 57];

/** A decimal number as it stands in a text: `digits` without its point, and how many of them stand behind it. */
export interface Decimal {
  digits: number;
  decimals: number;
}

/** Reads one that `writeDecimal` writes again byte for byte; false for all others, as 01, 1e5, −0, .5, 5. or +1. */
export function readDecimal(bytes: Buffer, from: number, to: number, into: Decimal): boolean {
  let at = from;
  const isNegative = bytes[at] === MINUS;
  if (isNegative) at++;
  if (at >= to || to - at > MAX_DIGITS + 1) return false;
  // A zero before others is none that would be written.
  if (bytes[at] === ZERO && at + 1 < to && bytes[at + 1] !== DOT) return false;
  let [digits, point, count] = [0, -1, 0];
  for (const begin = at; at < to; at++) {
    const byte = bytes[at] ?? 0;
    if (byte === DOT) {
      if (point >= 0 || at === begin || at + 1 === to) return false;
      point = at;
    } else if (byte >= ZERO && byte <= NINE) {
      digits = digits * 10 + (byte - ZERO);
      count++;
    } else return false;
  }
  if (count > MAX_DIGITS || (isNegative && digits === 0)) return false;
  into.digits = isNegative ? -digits : digits;
  into.decimals = point < 0 ? 0 : to - point - 1;
  return true;
}

/** Writes it at a place of a buffer, which must have room for 20 bytes more; returns where it ends. */
export function writeDecimal(bytes: Buffer, at: number, digits: number, decimals: number): number {
  let rest = Math.abs(digits);
  let length = 1;
  for (let next = rest; next >= 10; length++) next = Math.floor(next / 10);
  length = Math.max(length, decimals + 1);
  let start = at;
  if (digits < 0) bytes[start++] = MINUS;
  const end = start + length + (decimals > 0 ? 1 : 0);
  for (let i = 0, to = end; i < length; i++) {
    if (i === decimals && i > 0) bytes[--to] = DOT;
    const next = Math.floor(rest / 10);
    bytes[--to] = ZERO + (rest - next * 10);
    rest = next;
  }
  return end;
}
