import { ByteWriter, NO_LINE } from "../lineDelta/index.js";
import { alignRows } from "./align.js";
import { encodeColumn } from "./column.js";
import { type Dialect, recordsOf } from "./dialect.js";
import { FormWriter, knownForm } from "./encodeTable.js";
import { partnersOf, Places } from "./partners.js";
import { RowReader } from "./rows.js";
import { SectionWriter } from "./sections.js";
import { Templates } from "./templates.js";
import { sameBytes, Values } from "./values.js";

/**
 * A table against an older one: which row each row was, wherever it stood; which rows are the same byte for byte; and of
 * the others, column by column, the values that are not what the old row has in the column of that name.
 */
export function encodeCells(parent: Buffer, oldDialect: Dialect, child: Buffer, dialect: Dialect): Buffer {
  const [old, now] = [recordsOf(parent, oldDialect), recordsOf(child, dialect)];
  const partners = partnersOf(old, oldDialect, now, dialect);
  const origins = alignRows(old, oldDialect, now, dialect, partners);
  const [oldReader, reader] = [new RowReader(parent, oldDialect), new RowReader(child, dialect)];
  const places = new Places(partners);
  const templates = new Templates();
  const [forms, rows, sames] = [new FormWriter(), new RunWriter(), new FlagWriter()];
  const columns: { values: Values; changes: FlagWriter }[] = [];
  for (let row = 0; row < now.count; row++) {
    const [start, end] = [now.starts[row] ?? 0, now.ends[row] ?? 0];
    const origin = origins[row] ?? NO_LINE;
    rows.add(origin);
    const [from, to] = origin === NO_LINE ? [0, 0] : [old.starts[origin] ?? 0, old.ends[origin] ?? 0];
    if (origin !== NO_LINE) {
      const isSame = sameBytes(parent, from, to, child, start, end);
      sames.add(!isSame);
      if (isSame) continue;
    }
    const form = knownForm(templates, reader, start, end);
    forms.add(form.id);
    const place = origin === NO_LINE ? undefined : places.of(form, oldReader.read(from, to));
    for (let i = 0; i < form.columns.length; i++) {
      const column = (columns[form.columns[i] ?? 0] ??= {
        values: new Values(child),
        changes: new FlagWriter(),
      });
      const [begin, stop] = [reader.spans[i * 2] ?? 0, reader.spans[i * 2 + 1] ?? 0];
      const was = place?.[i] ?? -1;
      if (was >= 0) {
        const [a, b] = [oldReader.spans[was * 2] ?? 0, oldReader.spans[was * 2 + 1] ?? 0];
        const isSame = sameBytes(parent, a, b, child, begin, stop);
        column.changes.add(!isSame);
        if (isSame) continue;
      }
      column.values.add(begin, stop);
    }
  }
  const head = new ByteWriter();
  for (const value of [parent.length, child.length, now.count, ...dialectNumbers(oldDialect), partners.size])
    head.number(value);
  for (const [name, was] of partners) {
    head.number(Number(name));
    head.number(was === "" ? 0 : Number(was) + 1);
  }
  const sections = new SectionWriter();
  for (const bytes of [head.done(), ...rows.done(), sames.done(), templates.write(), forms.done()])
    sections.add(bytes);
  for (const [i] of templates.names.entries()) {
    sections.add(columns[i]?.changes.done() ?? Buffer.alloc(0));
    sections.add(encodeColumn(columns[i]?.values ?? new Values(child)));
  }
  return sections.done();
}

function dialectNumbers(dialect: Dialect): number[] {
  return dialect.kind === "json" ? [0, 0] : [dialect.separator, dialect.quoted ? 1 : 0];
}

/** Rows of the parent in the order of the child: how many follow each other, how far the first of them is, new ones. */
class RunWriter {
  private readonly counts = new ByteWriter();
  private readonly distances = new ByteWriter();
  private expected = 0;
  private copied = 0;
  private fresh = 0;
  private from = 0;

  add(origin: number): void {
    if (origin === NO_LINE) {
      this.fresh++;
      return;
    }
    if (this.fresh > 0 || origin !== this.from + this.copied || this.copied === 0) {
      this.flush();
      this.from = origin;
    }
    this.copied++;
  }

  done(): Buffer[] {
    this.flush();
    return [this.counts.done(), this.distances.done()];
  }

  private flush(): void {
    if (this.copied === 0 && this.fresh === 0) return;
    this.counts.number(this.copied);
    this.counts.number(this.fresh);
    if (this.copied > 0) this.distances.signed(this.from - this.expected);
    if (this.copied > 0) this.expected = this.from + this.copied;
    this.copied = 0;
    this.fresh = 0;
  }
}

/** Whether something is so, one after another: how often not, how often, and so on. */
class FlagWriter {
  private readonly out = new ByteWriter();
  private last = false;
  private count = 0;

  add(flag: boolean): void {
    if (flag !== this.last) {
      this.out.number(this.count);
      this.count = 0;
      this.last = flag;
    }
    this.count++;
  }

  done(): Buffer {
    this.out.number(this.count);
    this.count = 0;
    return this.out.done();
  }
}
