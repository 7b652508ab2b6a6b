import { ByteReader, ByteWriter } from "../lineDelta/index.js";
import { readDictionary, writeDictionary } from "./dictionary.js";
import { readNumbers, writeNumbers } from "./numberColumn.js";
import { SectionReader, SectionWriter } from "./sections.js";
import { readTexts, writeTexts } from "./texts.js";
import { insist, type Values } from "./values.js";

const KIND = { text: 0, dictionary: 1, numbers: 2 } as const;
const MAX_HEAD = 16;
/** What stands before the values, whatever they are. */
const SLACK = 64;
/** What a value may take while it is read, bytes. */
const ROOM = 32;

/**
 * The values of a column, as small as one of three ways makes them: texts; texts that repeat, each once; decimal
 * numbers, themselves or from one to the next.
 */
export function encodeColumn(values: Values): Buffer {
  const made: { kind: number; bytes: Buffer }[] = [];
  const attempt = (kind: number, write: (values: Values, sections: SectionWriter) => boolean) => {
    const sections = new SectionWriter();
    if (write(values, sections)) made.push({ kind, bytes: sections.done() });
  };
  attempt(KIND.dictionary, writeDictionary);
  attempt(KIND.numbers, writeNumbers);
  if (made.length === 0)
    attempt(KIND.text, (all, sections) => {
      writeTexts(all, sections);
      return true;
    });
  const { kind, bytes } = made.reduce((a, b) => (b.bytes.length < a.bytes.length ? b : a));
  const head = new ByteWriter();
  head.number(kind);
  head.number(values.count);
  return Buffer.concat([head.done(), bytes]);
}

/** @param limit values that it may have, bytes of them. Throws CairnError `corrupt` and RangeError for what is damaged. */
export function decodeColumn(bytes: Buffer, limit: number): Values {
  const head = new ByteReader(bytes.subarray(0, MAX_HEAD));
  const [kind, count] = [head.number(), head.number()];
  insist(count <= limit + 1, "a column is too long");
  const begin = Math.min(MAX_HEAD, bytes.length) - head.left;
  const reader = new SectionReader(bytes.subarray(begin), SLACK + limit * 2 + count * ROOM);
  if (kind === KIND.dictionary) return readDictionary(reader, count);
  if (kind === KIND.numbers) return readNumbers(reader, count);
  insist(kind === KIND.text, "a column is of an unknown kind");
  const texts = readTexts(reader);
  insist(texts.count === count, "a text is missing");
  return texts;
}
