import { ByteWriter } from "../lineDelta/index.js";
import type { SectionReader, SectionWriter } from "./sections.js";
import { insist, Values } from "./values.js";

/** Texts as their lengths and, apart, their bytes. */
export function writeTexts(values: Values, sections: SectionWriter): void {
  const lengths = new ByteWriter();
  const text = new ByteWriter();
  for (let i = 0; i < values.count; i++) {
    const [start, end] = [values.starts[i] ?? 0, values.ends[i] ?? 0];
    lengths.number(end - start);
    text.copy(values.bytes, start, end);
  }
  sections.add(lengths.done());
  sections.add(text.done());
}

export function readTexts(reader: SectionReader): Values {
  const lengths = reader.numbers();
  const values = new Values(reader.next());
  let at = 0;
  while (lengths.left > 0) {
    const end = at + lengths.number();
    insist(end <= values.bytes.length, "a text is missing");
    values.add(at, end);
    at = end;
  }
  return values;
}
