import { type ByteReader, Filled, NO_LINE } from "../lineDelta/index.js";
import { decodeColumn } from "./column.js";
import { FormReader } from "./decodeTable.js";
import { type Dialect, recordsOf } from "./dialect.js";
import { Places } from "./partners.js";
import { RowReader } from "./rows.js";
import { SectionReader } from "./sections.js";
import { Templates } from "./templates.js";
import { insist, type Values } from "./values.js";

/** Makes a table again of the older one. Throws CairnError `corrupt` or RangeError for what is damaged or of another. */
export function decodeCells(parent: Buffer, stored: Buffer, limit: number): Buffer {
  const sections = new SectionReader(stored, limit * 8 + (1 << 20));
  const head = sections.numbers();
  insist(head.number() === parent.length, "it belongs to another parent");
  const [size, count] = [head.number(), head.number()];
  insist(size <= limit && count <= size, "it is larger than it may be");
  const dialect = readDialect(head);
  const places = new Places(readPartners(head));
  const origins = new RunReader(sections.numbers(), sections.numbers());
  const sames = new FlagReader(sections.numbers());
  const templates = Templates.read(sections.numbers());
  const forms = new FormReader(sections.numbers(), templates);
  const columns = templates.names.map(() => ({
    changes: new FlagReader(sections.numbers()),
    values: new ValueReader(decodeColumn(sections.next(), size)),
  }));
  const old = recordsOf(parent, dialect);
  const reader = new RowReader(parent, dialect);
  const text = new Filled(size);
  for (let row = 0; row < count; row++) {
    const origin = origins.next();
    insist(origin < old.count, "it names a row that the parent does not have");
    const [from, to] = [old.starts[origin] ?? 0, old.ends[origin] ?? 0];
    if (origin !== NO_LINE && !sames.next()) {
      text.addRange(parent, from, to);
      continue;
    }
    const form = forms.next();
    const place = origin === NO_LINE ? undefined : places.of(form, reader.read(from, to));
    for (let i = 0; i < form.columns.length; i++) {
      text.addPiece(form.pieces[i]);
      const column = columns[form.columns[i] ?? 0];
      if (!column) throw new RangeError("a column is missing");
      const was = place?.[i] ?? -1;
      if (was >= 0 && !column.changes.next())
        text.addRange(parent, reader.spans[was * 2] ?? 0, reader.spans[was * 2 + 1] ?? 0);
      else column.values.copyTo(text);
    }
    text.addPiece(form.pieces[form.columns.length]);
  }
  return text.done();
}

function readDialect(head: ByteReader): Dialect {
  const [separator, quoted] = [head.number(), head.number()];
  return separator === 0 ? { kind: "json" } : { kind: "delimited", separator, quoted: quoted === 1 };
}

function readPartners(head: ByteReader): Map<string, string> {
  const partners = new Map<string, string>();
  for (let left = head.number(); left > 0; left--) {
    const name = String(head.number());
    const was = head.number();
    partners.set(name, was === 0 ? "" : String(was - 1));
  }
  return partners;
}

class RunReader {
  private copied = 0;
  private fresh = 0;
  private at = 0;

  constructor(
    private readonly counts: ByteReader,
    private readonly distances: ByteReader,
  ) {}

  next(): number {
    while (this.copied === 0 && this.fresh === 0) {
      this.copied = this.counts.number();
      this.fresh = this.counts.number();
      if (this.copied > 0) this.at += this.distances.signed();
      insist(this.at >= 0, "it names a row before the parent's beginning");
    }
    if (this.copied > 0) {
      this.copied--;
      return this.at++;
    }
    this.fresh--;
    return NO_LINE;
  }
}

class FlagReader {
  private flag = true;
  private left = 0;

  constructor(private readonly reader: ByteReader) {}

  next(): boolean {
    while (this.left === 0) {
      this.left = this.reader.number();
      this.flag = !this.flag;
    }
    this.left--;
    return this.flag;
  }
}

class ValueReader {
  private at = 0;

  constructor(private readonly values: Values) {}

  copyTo(text: Filled): void {
    const { bytes, starts, ends, count } = this.values;
    insist(this.at < count, "a value is missing");
    text.addRange(bytes, starts[this.at] ?? 0, ends[this.at] ?? 0);
    this.at++;
  }
}
