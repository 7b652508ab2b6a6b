import { invalid } from "../validate.js";

export interface Token {
  /** `name` is a whole identifier: `metrics.acc`, ``params.`a b` ``. */
  kind: "name" | "text" | "number" | "operator" | "punctuation";
  /** As written. */
  source: string;
  /** Of a name: the part before the first dot, if it has one. */
  prefix?: string;
  /** Of a name: the key, of a text: its content, without quotes. */
  content: string;
}

const SPACE = /\s+/y;
const NUMBER = /[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?(?![\p{L}\p{N}_.])/uy;
const OPERATOR = /<=|>=|!=|<>|==|=|<|>/y;
const PUNCTUATION = /[(),]/y;
/** What a key may be made of without quotes. */
const BARE = /[\p{L}\p{N}_][\p{L}\p{N}_.\-/:]*/uy;
const QUOTES: Record<string, RegExp> = { "'": /'((?:[^']|'')*)'/y, '"': /"([^"]*)"/y, "`": /`([^`]*)`/y };

/** At most so many characters: a filter is written by a person. */
const MAX_LENGTH = 100_000;

/**
 * Cuts a filter or order into tokens, in one pass. Text in single quotes may hold a quote by doubling it, as in SQL;
 * double quotes are text where a value is expected and a name where a key is.
 */
export function tokenize(source: string): Token[] {
  if (source.length > MAX_LENGTH) throw invalid(`The filter is longer than ${MAX_LENGTH} characters.`);
  const tokens: Token[] = [];
  let at = 0;
  const take = (pattern: RegExp): RegExpExecArray | null => {
    pattern.lastIndex = at;
    const match = pattern.exec(source);
    if (match) at = pattern.lastIndex;
    return match;
  };
  const quoted = (): string | undefined => {
    const pattern = QUOTES[source.charAt(at)];
    if (!pattern) return undefined;
    const match = take(pattern);
    if (!match)
      throw invalid(`Error on parsing filter '${source}': a quote is not closed at position ${at}.`);
    return match[1] ?? "";
  };
  while (at < source.length) {
    if (take(SPACE)) continue;
    const start = at;
    const add = (kind: Token["kind"], content: string, prefix?: string) =>
      tokens.push({
        kind,
        source: source.slice(start, at),
        content,
        ...(prefix === undefined ? {} : { prefix }),
      });
    const simple = take(NUMBER) ?? take(OPERATOR);
    if (simple) {
      add(/[\d.]/.test(simple[0]) ? "number" : "operator", simple[0]);
      continue;
    }
    const mark = take(PUNCTUATION);
    if (mark) {
      add("punctuation", mark[0]);
      continue;
    }
    const isText = source.charAt(at) === "'";
    const head = quoted();
    if (isText) {
      add("text", (head ?? "").replaceAll("''", "'"));
      continue;
    }
    const name = head ?? take(BARE)?.[0];
    if (name === undefined)
      throw invalid(`Invalid clause(s) in filter string: '${source.slice(at, at + 50)}'`);
    readName(name, head !== undefined, add);
  }
  return tokens;

  /** A key in quotes follows its prefix and dot directly; so does, after a quoted prefix, any key. */
  function readName(
    name: string,
    isQuoted: boolean,
    add: (kind: Token["kind"], content: string, prefix?: string) => void,
  ): void {
    if (isQuoted && source.charAt(at) === ".") {
      at++;
      const key = quoted() ?? take(BARE)?.[0] ?? "";
      add("name", key, name);
    } else if (!isQuoted && name.endsWith(".") && name.indexOf(".") === name.length - 1) {
      add("name", quoted() ?? "", name.slice(0, -1));
    } else {
      const dot = isQuoted ? -1 : name.indexOf(".");
      if (dot < 0) add("name", name);
      else add("name", name.slice(dot + 1), name.slice(0, dot));
    }
  }
}
