import type { ByteReader } from "../lineDelta/index.js";
import { ByteWriter } from "../lineDelta/index.js";
import { readDecimal, writeDecimal } from "./numbers.js";
import { fromPlanes, toPlanes } from "./planes.js";
import type { SectionReader, SectionWriter } from "./sections.js";
import { readTexts, writeTexts } from "./texts.js";
import { insist, Values } from "./values.js";

/** Of so many values one may be something else than a number. */
const EXCEPTIONS = 10;
const LOOK = 1 << 10;
const ROOM = 24;
/** How the numbers of decimals are told: as many as needed, the last no zero; or each by itself. */
const DECIMALS = { needed: 0, each: 1 } as const;

/**
 * Writes decimal numbers as whole ones, all with as many decimals as the one with the most: above the smallest, or
 * each less the one before. What is no number stands as text beside it. False where too many are none.
 */
export function writeNumbers(values: Values, sections: SectionWriter): boolean {
  const { bytes, starts, ends, count } = values;
  const digits = new Float64Array(count);
  const decimals = new Uint8Array(count);
  const others = new Values(bytes);
  const places = new ByteWriter();
  let [last, scale] = [-1, 0];
  const decimal = { digits: 0, decimals: 0 };
  for (let i = 0; i < count; i++) {
    if (readDecimal(bytes, starts[i] ?? 0, ends[i] ?? 0, decimal)) {
      digits[i] = decimal.digits;
      decimals[i] = decimal.decimals;
      if (decimal.decimals > scale) scale = decimal.decimals;
      continue;
    }
    decimals[i] = 255;
    others.add(starts[i] ?? 0, ends[i] ?? 0);
    places.number(i - last);
    last = i;
    if (i > LOOK && others.count * EXCEPTIONS > i) return false;
  }
  if (others.count * EXCEPTIONS > count || !toOneScale(digits, decimals, scale)) return false;
  const head = new ByteWriter();
  let [least, smallest, isNeeded] = [scale, digits[0] ?? 0, true];
  for (let i = 0; i < count; i++) {
    least = Math.min(least, decimals[i] ?? 0);
    smallest = Math.min(smallest, digits[i] ?? 0);
  }
  for (let i = 0; i < count && isNeeded && scale > least; i++)
    isNeeded = decimals[i] === 255 || decimals[i] === needed(digits[i] ?? 0, scale, least);
  const bySteps = isSmallerBySteps(digits, smallest);
  const first = bySteps ? (digits[0] ?? 0) : smallest;
  for (const value of [scale, least, isNeeded ? DECIMALS.needed : DECIMALS.each, bySteps ? 1 : 0])
    head.number(value);
  head.signed(first);
  sections.add(head.done());
  sections.add(places.done());
  writeTexts(others, sections);
  if (!isNeeded) sections.add(Buffer.from(decimals.map((d) => (d === 255 ? scale : d))));
  sections.add(toPlanes(shifted(digits, first, bySteps)));
  return true;
}

export function readNumbers(reader: SectionReader, count: number): Values {
  const head = reader.numbers();
  const [scale, least, mode, bySteps] = [head.number(), head.number(), head.number(), head.number()];
  let last = head.signed();
  const places: ByteReader = reader.numbers();
  const others = readTexts(reader);
  const each = mode === DECIMALS.each ? reader.next() : undefined;
  const stored = fromPlanes(reader.next(), count);
  insist(scale <= 16 && (!each || each.length === count), "a column of numbers contradicts itself");
  const values = new Values(Buffer.allocUnsafe(count * ROOM + others.bytes.length));
  let at = 0;
  const nextPlace = (from: number) => (places.left > 0 ? from + places.number() : -1);
  for (let i = 0, other = 0, place = nextPlace(-1); i < count; i++) {
    const raw = stored[i] ?? 0;
    const digits = bySteps === 0 ? raw + last : last + (raw % 2 === 0 ? raw / 2 : -(raw + 1) / 2);
    if (bySteps !== 0) last = digits;
    let end = at;
    if (i === place) {
      insist(other < others.count, "a text is missing");
      end += others.bytes.copy(values.bytes, at, others.starts[other], others.ends[other]);
      other++;
      place = nextPlace(i);
    } else {
      const decimals = each ? (each[i] ?? 0) : needed(digits, scale, least);
      insist(Number.isSafeInteger(digits) && decimals <= scale, "a number is too large");
      end = writeDecimal(values.bytes, at, digits / 10 ** (scale - decimals), decimals);
    }
    values.add(at, end);
    at = end;
  }
  return values;
}

/** Gives all numbers `scale` decimals, and what is none the number before it. */
function toOneScale(digits: Float64Array, decimals: Uint8Array, scale: number): boolean {
  let last = 0;
  for (let i = 0; i < digits.length; i++) {
    if (decimals[i] !== 255) last = (digits[i] ?? 0) * 10 ** (scale - (decimals[i] ?? 0));
    // Half of what is exact, so that the distance of two is exact too.
    if (Math.abs(last) > 2 ** 51) return false;
    digits[i] = last;
  }
  return true;
}

/** Decimals of a number without zeros at its end, but for the `least` that all have. */
function needed(digits: number, scale: number, least: number): number {
  let decimals = scale;
  let rest = digits;
  for (; decimals > least && rest % 10 === 0; decimals--) rest /= 10;
  return decimals;
}

/** Judged by every few values: their differences are seldom smaller in one part of a column alone. */
function isSmallerBySteps(digits: Float64Array, first: number): boolean {
  const every = Math.max(1, digits.length >> 13);
  let [plain, stepped] = [0, 0];
  for (let i = 1; i < digits.length; i += every) {
    const number = digits[i] ?? 0;
    plain += Math.log2(number - first + 1);
    stepped += Math.log2(2 * Math.abs(number - (digits[i - 1] ?? 0)) + 1);
  }
  return stepped < plain * 0.9;
}

/** The numbers as they are stored: without sign. */
function shifted(digits: Float64Array, first: number, bySteps: boolean): Float64Array {
  const made = new Float64Array(digits.length);
  let last = first;
  for (let i = 0; i < digits.length; i++) {
    const number = digits[i] ?? 0;
    const step = number - last;
    made[i] = bySteps && step < 0 ? -2 * step - 1 : bySteps ? 2 * step : step;
    if (bySteps) last = number;
  }
  return made;
}
