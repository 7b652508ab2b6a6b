import { CairnError } from "../../../shared/errors.js";
import { invalid } from "../validate.js";
import type { Clause, Comparator, Entity, Filter, Grammar, Operand, Order } from "./ast.js";
import { type Token, tokenize } from "./tokenize.js";

const ENTITIES: Readonly<Record<string, Entity>> = {
  metric: "metric",
  metrics: "metric",
  parameter: "parameter",
  parameters: "parameter",
  param: "parameter",
  params: "parameter",
  tag: "tag",
  tags: "tag",
  attribute: "attribute",
  attributes: "attribute",
  attr: "attribute",
  run: "attribute",
  dataset: "dataset",
  datasets: "dataset",
};
const DATASET_KEYS = ["name", "digest", "context"];
const NUMERIC: readonly Comparator[] = ["=", "!=", ">", ">=", "<", "<="];
const TEXT: readonly Comparator[] = ["=", "!=", "LIKE", "ILIKE"];

const list = (names: readonly string[]) => `[${names.map((name) => `'${name}'`).join(", ")}]`;
const isWord = (token: Token | undefined, word: string) =>
  token?.kind === "name" && token.source.toUpperCase() === word;

/**
 * Parses `clause AND clause …` of MLflow's search. Throws CairnError `invalid`, worded like MLflow's own. What MLflow 3
 * accepts means the same here, but for slips that it overlooks (a clause too few after AND, no AND at all) and for
 * doubled quotes, which it does not make single. Beyond it, `-`, `/` and `:` need no quotes in a key.
 */
export function parseFilter(source: string | undefined, grammar: Grammar): Filter {
  if (source === undefined || source.trim() === "") return [];
  const parser = new Parser(tokenize(source), grammar);
  const clauses = [parser.clause()];
  while (!parser.atEnd()) {
    parser.expectAnd();
    clauses.push(parser.clause());
  }
  return clauses;
}

/** Parses one `key [ASC|DESC]`. */
export function parseOrder(source: string, grammar: Grammar): Order {
  const cannot = () => invalid(`Invalid order_by clause '${source}'. Could not be parsed.`);
  let tokens: Token[];
  try {
    tokens = tokenize(source);
  } catch (error) {
    throw error instanceof CairnError ? cannot() : error;
  }
  const [name, direction, more] = tokens;
  if (name?.kind !== "name" || more) throw cannot();
  const word = direction?.source.toLowerCase() ?? "asc";
  if (word !== "asc" && word !== "desc")
    throw invalid(`Invalid ordering key in order_by clause '${source}'.`);
  return { ...operandOf(name, grammar), ascending: word === "asc" };
}

/** Parses a whole order, in which nothing may stand twice. */
export function parseOrders(sources: readonly string[], grammar: Grammar): Order[] {
  const orders = sources.map((source) => parseOrder(source, grammar));
  const seen = new Set(orders.map(({ entity, key }) => `${entity}.${key}`));
  if (seen.size < orders.length) throw invalid(`\`order_by\` contains duplicate fields: ${list(sources)}`);
  return orders;
}

function operandOf(token: Token, grammar: Grammar): Operand {
  const { prefix, content } = token;
  const entity = prefix === undefined ? "attribute" : ENTITIES[prefix];
  if (entity === undefined || !grammar.entities.includes(entity))
    throw invalid(`Invalid entity type '${prefix}'. Valid values are ${list(grammar.entities)}`);
  if (entity === "dataset" && !DATASET_KEYS.includes(content))
    throw invalid(`Invalid dataset key '${content}' specified. Valid keys are '${list(DATASET_KEYS)}'`);
  if (entity !== "attribute") return { entity, key: content };
  const key = grammar.aliases[content] ?? content;
  const valid = [...grammar.numericAttributes, ...grammar.textAttributes];
  if (!valid.includes(key))
    throw invalid(`Invalid attribute key '${content}' specified. Valid keys are '${list(valid)}'`);
  return { entity, key };
}

class Parser {
  #at = 0;

  constructor(
    private readonly tokens: readonly Token[],
    private readonly grammar: Grammar,
  ) {}

  atEnd(): boolean {
    return this.#at >= this.tokens.length;
  }

  expectAnd(): void {
    const token = this.tokens[this.#at];
    if (!isWord(token, "AND")) throw invalid(`Invalid clause(s) in filter string: '${token?.source}'`);
    this.#at++;
  }

  clause(): Clause {
    const name = this.#next();
    if (name?.kind !== "name") {
      throw invalid(
        name
          ? `Invalid clause(s) in filter string: '${name.source}'`
          : "Invalid comparison clause. Expected 3 tokens found 0",
      );
    }
    const operand = operandOf(name, this.grammar);
    const comparator = this.#comparator();
    this.#check(operand, comparator);
    if (comparator === "IS NULL" || comparator === "IS NOT NULL")
      return { ...operand, comparator, value: null };
    const value = comparator === "IN" || comparator === "NOT IN" ? this.#list(operand) : this.#value(operand);
    return { ...operand, comparator, value };
  }

  #next(): Token | undefined {
    return this.tokens[this.#at++];
  }

  /** Takes `word` if it comes next. */
  #word(word: string): boolean {
    if (!isWord(this.tokens[this.#at], word)) return false;
    this.#at++;
    return true;
  }

  #comparator(): Comparator {
    if (this.#word("LIKE")) return "LIKE";
    if (this.#word("ILIKE")) return "ILIKE";
    if (this.#word("IN")) return "IN";
    if (this.#word("NOT") && this.#word("IN")) return "NOT IN";
    if (this.#word("IS")) {
      const not = this.#word("NOT");
      if (this.#word("NULL")) return not ? "IS NOT NULL" : "IS NULL";
    }
    const token = this.#next();
    if (token?.kind === "operator" && (NUMERIC as readonly string[]).includes(token.content))
      return token.content as Comparator;
    if (!token) throw invalid("Invalid comparison clause. Expected 3 tokens found 1");
    throw invalid(
      `Invalid comparator '${token.source}' not one of '${list([...NUMERIC, ...TEXT.slice(2)])}'`,
    );
  }

  #isNumeric({ entity, key }: Operand): boolean {
    return entity === "metric" || (entity === "attribute" && this.grammar.numericAttributes.includes(key));
  }

  #check(operand: Operand, comparator: Comparator): void {
    const { entity, key } = operand;
    if (comparator === "IS NULL" || comparator === "IS NOT NULL") {
      if (this.grammar.nullable.includes(entity)) return;
      throw invalid(
        `IS NULL / IS NOT NULL is only supported for tags and params, not for '${entity}' '${key}'`,
      );
    }
    const lists = entity === "dataset" || entity === "attribute";
    const valid = this.#isNumeric(operand) ? NUMERIC : lists ? [...TEXT, "IN", "NOT IN"] : TEXT;
    if (!valid.includes(comparator))
      throw invalid(`Invalid comparator '${comparator}' not one of '${list(valid)}'`);
  }

  #value(operand: Operand): string | number {
    const token = this.#next();
    if (!token) throw invalid("Invalid comparison clause. Expected 3 tokens found 2");
    const { entity, key } = operand;
    if (this.#isNumeric(operand)) {
      if (token.kind === "number") return Number(token.content);
      const what = entity === "metric" ? "metric" : `numeric attribute: ${key}`;
      throw invalid(`Expected numeric value type for ${what}. Found ${token.source}`);
    }
    // What stands in double quotes looks like a name to the tokenizer.
    const isQuotedName = token.kind === "name" && token.source.startsWith('"') && token.prefix === undefined;
    if (token.kind === "text" || isQuotedName) return token.content;
    if (entity === "attribute")
      throw invalid(`Expected a quoted string value for attributes. Got value ${token.source}`);
    if (entity === "dataset")
      throw invalid(`Expected a quoted string value for dataset attributes. Got value ${token.source}`);
    throw invalid(
      `Expected a quoted string value for ${entity} (e.g. 'my-value'). Got value ${token.source}`,
    );
  }

  #list(operand: Operand): string[] {
    const supported = this.grammar.listAttributes;
    if (operand.entity === "attribute" && supported && !supported.includes(operand.key)) {
      throw invalid(
        `Only ${list(supported)} attributes support comparison with a list of quoted string values.`,
      );
    }
    const cannot = (token: Token | undefined) =>
      invalid(
        "While parsing a list in the query, expected a non-empty list of string values, punctuation, or " +
          `whitespace, but got ${token ? token.source : "the end"}`,
      );
    const open = this.#next();
    if (open?.content !== "(") throw cannot(open);
    const values: string[] = [];
    for (;;) {
      const next = this.tokens[this.#at];
      if (next?.kind === "punctuation") {
        // A comma may stand before the end, as in Python, but not alone.
        if (next.content !== ")" || values.length === 0) throw cannot(next);
        this.#at++;
        return values;
      }
      values.push(String(this.#value(operand)));
      const after = this.#next();
      if (after?.kind === "punctuation" && after.content === ")") return values;
      if (after?.kind !== "punctuation" || after.content !== ",") throw cannot(after);
    }
  }
}
