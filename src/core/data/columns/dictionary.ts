import { fromPlanes, toPlanes } from "./planes.js";
import type { SectionReader, SectionWriter } from "./sections.js";
import { readTexts, writeTexts } from "./texts.js";
import { insist, sameBytes, Values } from "./values.js";

const MAX_TEXTS = 1 << 16;
/** Values to a text, at least. */
const REPEATED = 4;
/** After so many values it is clear whether they repeat. */
const LOOK = 1 << 13;

/** Writes the texts in the order in which they first come, and which of them each value is; false where they hardly repeat. */
export function writeDictionary(values: Values, sections: SectionWriter): boolean {
  const { bytes, starts, ends, count } = values;
  const most = Math.min(MAX_TEXTS, Math.floor(count / REPEATED));
  const texts = new Values(bytes);
  const slots = new Int32Array(2 ** Math.ceil(Math.log2(Math.max(16, most * 2)))).fill(-1);
  const mask = slots.length - 1;
  const which = new Uint32Array(count);
  for (let i = 0; i < count; i++) {
    const [start, end] = [starts[i] ?? 0, ends[i] ?? 0];
    let hash = 0x811c9dc5;
    for (let at = start; at < end; at++) hash = Math.imul(hash ^ (bytes[at] ?? 0), 0x01000193);
    let slot = Math.imul(hash ^ (hash >>> 15), 0x9e3779b1) & mask;
    for (;;) {
      const text = slots[slot] ?? -1;
      if (text === -1) {
        if (texts.count >= most || (i > LOOK && texts.count * 2 > i)) return false;
        which[i] = texts.count;
        slots[slot] = texts.count;
        texts.add(start, end);
        break;
      }
      if (sameBytes(bytes, start, end, bytes, texts.starts[text] ?? 0, texts.ends[text] ?? 0)) {
        which[i] = text;
        break;
      }
      slot = (slot + 1) & mask;
    }
  }
  sections.add(toPlanes(which));
  writeTexts(texts, sections);
  return true;
}

export function readDictionary(reader: SectionReader, count: number): Values {
  const which = fromPlanes(reader.next(), count);
  const texts = readTexts(reader);
  const values = new Values(texts.bytes);
  for (const text of which) {
    insist(text < texts.count, "a text is missing");
    values.add(texts.starts[text] ?? 0, texts.ends[text] ?? 0);
  }
  return values;
}
