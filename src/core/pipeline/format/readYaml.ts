import {
  isAlias,
  isMap,
  isNode,
  isScalar,
  isSeq,
  LineCounter,
  parseDocument,
  type Scalar as Node,
} from "yaml";
import { toError } from "../../../shared/errors.js";
import { type Dict, Float, isDict, type Scalar, Stamp, type Value } from "./values.js";

/** Parameter files may be longer than what people write by hand, but not endless. */
const MAX_BYTES = 16 << 20;
const MAX_VALUES = 1_000_000;
const MAX_DEPTH = 200;

export interface ReadYaml {
  value: Value | undefined;
  /** `file:line:column: sentence`; empty when all is well. */
  problems: string[];
}

/**
 * Reads YAML as DVC's library does (YAML 1.2 with the numbers, dates and merges of Python). `label` is how problems name
 * the file. Never throws for what the file holds.
 */
export function readYaml(label: string, text: string): ReadYaml {
  if (Buffer.byteLength(text) > MAX_BYTES)
    return { value: undefined, problems: [`${label}:1:1: the file is larger than 16 MB.`] };
  const lines = new LineCounter();
  const at = (offset: number): string => {
    const { line, col } = lines.linePos(offset);
    return `${label}:${Math.max(1, line)}:${Math.max(1, col)}`;
  };
  // Scalars as they stand: what they are is decided below.
  const options = { lineCounter: lines, prettyErrors: false, uniqueKeys: true, schema: "failsafe" } as const;
  try {
    const document = parseDocument(text.replace(/^\uFEFF/, ""), options);
    const problems = document.errors.map(
      ({ pos, message }) => `${at(pos[0])}: ${message.split("\n")[0] ?? ""}`,
    );
    if (problems.length > 0) return { value: undefined, problems: problems.slice(0, 20) };
    return { value: new Converter().convert(document.contents, 0), problems: [] };
  } catch (error) {
    return { value: undefined, problems: [`${at(0)}: ${toError(error).message}`] };
  }
}

class Converter {
  private count = 0;
  /** What was named so far, and of how many values it consists. */
  private readonly anchors = new Map<string, { value: Value; size: number }>();

  convert(node: unknown, depth: number): Value {
    // A file of a hundred lines can name a billion values through aliases.
    if (++this.count > MAX_VALUES) throw new RangeError("The file holds too many values.");
    if (depth > MAX_DEPTH) throw new RangeError("The file is nested too deeply.");
    if (isAlias(node)) {
      const named = this.anchors.get(node.source);
      if (named === undefined) throw new RangeError(`The alias *${node.source} names nothing.`);
      this.count += named.size;
      return named.value;
    }
    const before = this.count;
    const value = this.content(node, depth);
    const anchor = isNode(node) && "anchor" in node ? node.anchor : undefined;
    if (anchor !== undefined) this.anchors.set(anchor, { value, size: this.count - before + 1 });
    return value;
  }

  private content(node: unknown, depth: number): Value {
    if (isSeq(node)) return node.items.map((item) => this.convert(item, depth + 1));
    if (isMap(node)) return this.mapping(node.items, depth);
    return isScalar(node) ? scalarOf(node) : null;
  }

  private mapping(items: readonly { key: unknown; value: unknown }[], depth: number): Dict {
    const merged: Dict = new Map();
    const own: Dict = new Map();
    for (const { key: keyNode, value } of items) {
      const isMerge = isScalar(keyNode) && keyNode.type === "PLAIN" && keyNode.value === "<<";
      if (isMerge) {
        const given = this.convert(value, depth + 1);
        // Of several the first counts.
        for (const each of [given].flat())
          if (isDict(each)) for (const [key, part] of each) if (!merged.has(key)) merged.set(key, part);
        continue;
      }
      const key = this.convert(keyNode, depth + 1);
      if (Array.isArray(key) || isDict(key)) throw new RangeError("A key is a list or a mapping.");
      own.set(key, this.convert(value, depth + 1));
    }
    return merged.size === 0 ? own : new Map([...merged, ...own]);
  }
}

function scalarOf(node: Node): Scalar {
  const text = typeof node.value === "string" ? node.value : "";
  return node.type === "PLAIN" && node.tag === undefined ? plainScalar(text) : text;
}

const INT = /^[-+]?(0b[01_]+|0o[0-7_]+|0x[\da-fA-F_]+|\d[\d_]*)$/;
const FLOAT = /^[-+]?(\d[\d_]*\.[\d_]*([eE][-+]?\d+)?|\d[\d_]*[eE][-+]?\d+|\.\d[\d_]*([eE][-+]?\d+)?)$/;
const STAMP =
  /^\d{4}-\d\d-\d\d$|^\d{4}-\d\d?-\d\d?([Tt]|[ \t]+)\d\d?:\d\d:\d\d(\.\d*)?([ \t]*(Z|[-+]\d\d?(:\d\d)?))?$/;

/** What an unquoted scalar is to ruamel.yaml, with which DVC reads. */
export function plainScalar(text: string): Scalar {
  if (text === "" || text === "~" || /^(null|Null|NULL)$/.test(text)) return null;
  if (/^(true|True|TRUE)$/.test(text)) return true;
  if (/^(false|False|FALSE)$/.test(text)) return false;
  if (INT.test(text)) return wholeNumber(text.replaceAll("_", ""));
  if (FLOAT.test(text)) return new Float(Number(text.replaceAll("_", "")));
  if (/^[-+]?\.(inf|Inf|INF)$/.test(text)) return new Float(text.startsWith("-") ? -Infinity : Infinity);
  if (/^\.(nan|NaN|NAN)$/.test(text)) return new Float(NaN);
  return STAMP.test(text) ? new Stamp(text) : text;
}

function wholeNumber(text: string): bigint {
  const digits = text.replace(/^[-+]/, "");
  const value = BigInt(/^0[box]/.test(digits) ? digits : digits.replace(/^0+(?=\d)/, ""));
  return text.startsWith("-") ? -value : value;
}
