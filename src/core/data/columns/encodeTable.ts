import { ByteWriter } from "../lineDelta/index.js";
import { encodeColumn } from "./column.js";
import { type Dialect, recordsOf } from "./dialect.js";
import { RowReader } from "./rows.js";
import { SectionWriter } from "./sections.js";
import { type KnownTemplate, Templates } from "./templates.js";
import { Values } from "./values.js";

/**
 * A text by its columns: the forms that its rows have, which row has which, and the values of each column together.
 * It is put together again byte for byte, whatever it was.
 */
export function encodeTable(text: Buffer, dialect: Dialect): Buffer {
  const rows = recordsOf(text, dialect);
  const reader = new RowReader(text, dialect);
  const templates = new Templates();
  const columns: Values[] = [];
  const forms = new FormWriter();
  for (let row = 0; row < rows.count; row++) {
    const [start, end] = [rows.starts[row] ?? 0, rows.ends[row] ?? 0];
    const form = knownForm(templates, reader, start, end);
    forms.add(form.id);
    const { columns: numbers } = form;
    const { spans } = reader;
    for (let i = 0; i < numbers.length; i++) {
      const column = (columns[numbers[i] ?? 0] ??= new Values(text));
      column.add(spans[i * 2] ?? 0, spans[i * 2 + 1] ?? 0);
    }
  }
  const head = new ByteWriter();
  for (const value of [text.length, rows.count]) head.number(value);
  const sections = new SectionWriter();
  for (const bytes of [head.done(), templates.write(), forms.done()]) sections.add(bytes);
  for (const [column] of templates.names.entries())
    sections.add(encodeColumn(columns[column] ?? new Values(text)));
  return sections.done();
}

/** The form of a row, whose values the reader has then; one too many is told as a row like no other. */
export function knownForm(
  templates: Templates,
  reader: RowReader,
  start: number,
  end: number,
): KnownTemplate {
  const form = templates.of(reader.read(start, end));
  if (form) return form;
  reader.spans[0] = start;
  reader.spans[1] = end;
  return templates.whole;
}

/** Forms of rows, one after another: which, and how often. */
export class FormWriter {
  private readonly out = new ByteWriter();
  private last = -1;
  private count = 0;

  add(form: number): void {
    if (form !== this.last) this.flush();
    this.last = form;
    this.count++;
  }

  done(): Buffer {
    this.flush();
    return this.out.done();
  }

  private flush(): void {
    if (this.count > 0) {
      this.out.number(this.last);
      this.out.number(this.count);
    }
    this.count = 0;
  }
}
