import type { ByteReader } from "../lineDelta/index.js";
import { ByteWriter } from "../lineDelta/index.js";
import { type Template, WHOLE_ROW } from "./rows.js";
import { insist } from "./values.js";

const MAX_TEMPLATES = 250;
const MAX_COLUMNS = 8192;

/** A template with the numbers of its columns among those of the table. */
export interface KnownTemplate extends Template {
  id: number;
  columns: Uint32Array;
}

/** The templates and columns of a table, numbered as they come. The first template is that of a row like no other. */
export class Templates {
  /** That of a row like no other. */
  readonly whole: KnownTemplate = { ...WHOLE_ROW, id: 0, columns: Uint32Array.of(0) };
  readonly all: KnownTemplate[] = [this.whole];
  readonly names: string[] = [...WHOLE_ROW.names];
  private readonly known = new Map<Template, KnownTemplate>([[WHOLE_ROW, this.whole]]);
  private readonly byText = new Map<string, KnownTemplate>();
  private readonly byName = new Map<string, number>([[WHOLE_ROW.names[0] ?? "", 0]]);

  /** Undefined where there are too many. */
  of(template: Template): KnownTemplate | undefined {
    return this.known.get(template) ?? this.add(template);
  }

  private add(template: Template): KnownTemplate | undefined {
    // The reader of rows may have forgotten one and made it again.
    const text =
      template.pieces.map((piece) => piece.toString("latin1")).join("\0") + template.names.join("\0");
    const same = this.byText.get(text);
    if (same) {
      if (this.known.size < MAX_COLUMNS) this.known.set(template, same);
      return same;
    }
    if (this.all.length >= MAX_TEMPLATES || this.names.length + template.names.length > MAX_COLUMNS)
      return undefined;
    const columns = Uint32Array.from(template.names, (name) => {
      let column = this.byName.get(name);
      if (column === undefined) {
        column = this.names.push(name) - 1;
        this.byName.set(name, column);
      }
      return column;
    });
    const made = { ...template, columns, id: this.all.length };
    this.all.push(made);
    this.known.set(template, made);
    this.byText.set(text, made);
    return made;
  }

  write(): Buffer {
    const out = new ByteWriter();
    out.number(this.all.length - 1);
    for (const { pieces, names } of this.all.slice(1)) {
      out.number(names.length);
      for (const part of [...pieces, ...names.map((name) => Buffer.from(name, "latin1"))]) {
        out.number(part.length);
        out.copy(part, 0, part.length);
      }
    }
    return out.done();
  }

  static read(reader: ByteReader): Templates {
    const templates = new Templates();
    const part = () => reader.take(reader.number());
    for (let left = reader.number(); left > 0; left--) {
      const count = reader.number();
      insist(count <= MAX_COLUMNS, "a row has too many values");
      const pieces = Array.from({ length: count + 1 }, part);
      const names = Array.from({ length: count }, () => part().toString("latin1"));
      const made = templates.add({ pieces, names });
      insist(made?.id === templates.all.length - 1, "a form of rows is there twice");
    }
    return templates;
  }
}
