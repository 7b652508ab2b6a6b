import { type ByteReader, Filled } from "../lineDelta/index.js";
import { decodeColumn } from "./column.js";
import { SectionReader } from "./sections.js";
import { type KnownTemplate, Templates } from "./templates.js";
import { insist } from "./values.js";

/** What `encodeTable` made a text into; `limit` is what it may have, bytes. Throws CairnError `corrupt`, RangeError. */
export function decodeTable(stored: Buffer, limit: number): Buffer {
  const sections = new SectionReader(stored, limit * 4 + (1 << 20));
  const head = sections.numbers();
  const [size, rows] = [head.number(), head.number()];
  insist(size <= limit && rows <= size, "it is larger than it may be");
  const templates = Templates.read(sections.numbers());
  const forms = new FormReader(sections.numbers(), templates);
  const columns = templates.names.map(() => ({ values: decodeColumn(sections.next(), size), next: 0 }));
  const text = new Filled(size);
  for (let row = 0; row < rows; row++) {
    const { pieces, columns: numbers } = forms.next();
    for (let i = 0; i < numbers.length; i++) {
      text.addPiece(pieces[i]);
      const column = columns[numbers[i] ?? 0];
      insist(column !== undefined && column.next < column.values.count, "a value is missing");
      if (!column) break;
      const { starts, ends, bytes } = column.values;
      text.addRange(bytes, starts[column.next] ?? 0, ends[column.next] ?? 0);
      column.next++;
    }
    text.addPiece(pieces[numbers.length]);
  }
  return text.done();
}

export class FormReader {
  private form: KnownTemplate | undefined;
  private left = 0;

  constructor(
    private readonly reader: ByteReader,
    private readonly templates: Templates,
  ) {}

  next(): KnownTemplate {
    while (this.left === 0) {
      this.form = this.templates.all[this.reader.number()];
      this.left = this.reader.number();
    }
    this.left--;
    if (!this.form) throw new RangeError("the form of a row is missing");
    return this.form;
  }
}
