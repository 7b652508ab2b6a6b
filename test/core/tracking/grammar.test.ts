import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { CairnError } from "../../../src/shared/errors.ts";
import { type Clause, EXPERIMENTS, MODELS, RUNS } from "../../../src/core/tracking/search/ast.ts";
import { ilike, like } from "../../../src/core/tracking/search/like.ts";
import { parseFilter, parseOrder, parseOrders } from "../../../src/core/tracking/search/parse.ts";
import { printFilter, printOrder } from "../../../src/core/tracking/search/print.ts";

const parse = (source: string) => parseFilter(source, RUNS);

/** A key that one kind of quotes can hold. */
const key = fc.oneof(
  fc.string({ minLength: 1 }).map((text) => text.replaceAll("`", "")),
  fc.string({ minLength: 1 }).map((text) => text.replaceAll('"', "")),
);
/** Zero without a sign: it is printed as 0, and compares the same. */
const number = fc.double({ noNaN: true, noDefaultInfinity: true }).map((value) => value + 0);
const clause: fc.Arbitrary<Clause> = fc.oneof(
  fc.record({
    entity: fc.constant("metric" as const),
    key,
    comparator: fc.constantFrom("=", "!=", ">", ">=", "<", "<="),
    value: number,
  }),
  fc.record({
    entity: fc.constantFrom("parameter" as const, "tag" as const),
    key,
    comparator: fc.constantFrom("=", "!=", "LIKE", "ILIKE"),
    value: fc.string(),
  }),
  fc.record({
    entity: fc.constantFrom("parameter" as const, "tag" as const),
    key,
    comparator: fc.constantFrom("IS NULL", "IS NOT NULL"),
    value: fc.constant(null),
  }),
  fc.record({
    entity: fc.constant("attribute" as const),
    key: fc.constant("run_id"),
    comparator: fc.constantFrom("IN", "NOT IN"),
    value: fc.array(fc.string(), { minLength: 1 }),
  }),
  fc.record({
    entity: fc.constant("dataset" as const),
    key: fc.constantFrom("name", "digest", "context"),
    comparator: fc.constantFrom("IN", "NOT IN"),
    value: fc.array(fc.string(), { minLength: 1 }),
  }),
  fc.record({
    entity: fc.constant("attribute" as const),
    key: fc.constantFrom("start_time", "end_time"),
    comparator: fc.constantFrom("=", "!=", ">", ">=", "<", "<="),
    value: number,
  }),
);

describe("the grammar of searches", () => {
  it("reads what it writes", () => {
    fc.assert(
      fc.property(fc.array(clause, { minLength: 1, maxLength: 5 }), (filter) => {
        expect(parse(printFilter(filter))).toEqual(filter);
      }),
    );
    fc.assert(
      fc.property(key, fc.boolean(), (name, ascending) => {
        const order = { entity: "metric" as const, key: name, ascending };
        expect(parseOrder(printOrder(order), RUNS)).toEqual(order);
      }),
    );
  });

  it.each([
    ["metrics.loss < 0.5", { entity: "metric", key: "loss", comparator: "<", value: 0.5 }],
    ["metric.`val loss`<=-1e-3", { entity: "metric", key: "val loss", comparator: "<=", value: -0.001 }],
    ['metrics."a.b/c" = 3', { entity: "metric", key: "a.b/c", comparator: "=", value: 3 }],
    ["metrics.a.b != .5", { entity: "metric", key: "a.b", comparator: "!=", value: 0.5 }],
    ["params.lr = '0.1'", { entity: "parameter", key: "lr", comparator: "=", value: "0.1" }],
    ['parameter.lr = "0.1"', { entity: "parameter", key: "lr", comparator: "=", value: "0.1" }],
    ["tags.t = 'it''s'", { entity: "tag", key: "t", comparator: "=", value: "it's" }],
    [
      "tag.mlflow.user ilike '%Ada%'",
      { entity: "tag", key: "mlflow.user", comparator: "ILIKE", value: "%Ada%" },
    ],
    ["params.'a b' = ' '", { entity: "parameter", key: "a b", comparator: "=", value: " " }],
    ["metrics.val-loss>-1", { entity: "metric", key: "val-loss", comparator: ">", value: -1 }],
    ["status = 'FINISHED'", { entity: "attribute", key: "status", comparator: "=", value: "FINISHED" }],
    ["attr.Created > 5", { entity: "attribute", key: "start_time", comparator: ">", value: 5 }],
    ["run.`run name` LIKE 'a%'", { entity: "attribute", key: "run_name", comparator: "LIKE", value: "a%" }],
    ["`run name` = 'a'", { entity: "attribute", key: "run_name", comparator: "=", value: "a" }],
    ["`metrics`.`m` > 1", { entity: "metric", key: "m", comparator: ">", value: 1 }],
    ["run_id in ('a', 'b')", { entity: "attribute", key: "run_id", comparator: "IN", value: ["a", "b"] }],
    ["run_id NOT  IN ('a',)", { entity: "attribute", key: "run_id", comparator: "NOT IN", value: ["a"] }],
    ["datasets.context = 'train'", { entity: "dataset", key: "context", comparator: "=", value: "train" }],
    ["tags.t IS NULL", { entity: "tag", key: "t", comparator: "IS NULL", value: null }],
    ["params.p is not null", { entity: "parameter", key: "p", comparator: "IS NOT NULL", value: null }],
  ])("understands %s", (source, expected) => {
    expect(parse(source)).toEqual([expected]);
  });

  it.each([
    ["acc > 1", "Invalid attribute key 'acc' specified"],
    ["metrik.acc > 1", "Invalid entity type 'metrik'. Valid values are"],
    ["metrics.acc > 'x'", "Expected numeric value type for metric. Found 'x'"],
    ["params.lr = 1", "Expected a quoted string value for parameter (e.g. 'my-value'). Got value 1"],
    ["params.lr > 'x'", "Invalid comparator '>' not one of"],
    ["metrics.a LIKE 'x'", "Invalid comparator 'LIKE' not one of"],
    ["metrics.a == 1", "Invalid comparator '==' not one of"],
    ["start_time = 'x'", "Expected numeric value type for numeric attribute: start_time"],
    ["status IN ('FINISHED')", "Only ['run_id'] attributes support comparison with a list"],
    ["run_id IN ()", "While parsing a list in the query"],
    ["run_id IN ('a' 'b')", "While parsing a list in the query"],
    ["metrics.a > 1 OR metrics.b > 1", "Invalid clause(s) in filter string: 'OR'"],
    ["(metrics.a > 1)", "Invalid clause(s) in filter string: '('"],
    ["metrics.a > 1 AND", "Expected 3 tokens found 0"],
    ["metrics.a >", "Expected 3 tokens found 2"],
    ["metrics.a", "Expected 3 tokens found 1"],
    ["params.a = 'x", "a quote is not closed"],
    ["metrics.a IS NULL", "IS NULL / IS NOT NULL is only supported for tags and params"],
    ["dataset.size = 'x'", "Invalid dataset key 'size' specified"],
    ["metrics.a > 1; DROP TABLE run", "Invalid clause(s) in filter string: ';"],
  ])("refuses %s", (source, message) => {
    expect(() => parse(source)).toThrow(message);
  });

  it("orders by one key a clause, and by none twice", () => {
    expect(parseOrder("metrics.`a b` desc", RUNS)).toEqual({
      entity: "metric",
      key: "a b",
      ascending: false,
    });
    expect(parseOrder("start_time", RUNS)).toEqual({
      entity: "attribute",
      key: "start_time",
      ascending: true,
    });
    expect(() => parseOrder("metrics.a UP", RUNS)).toThrow("Invalid ordering key");
    expect(() => parseOrder("metrics.a DESC b", RUNS)).toThrow("Could not be parsed");
    expect(() => parseOrder("", RUNS)).toThrow("Could not be parsed");
    expect(() => parseOrders(["metrics.a", "metric.a DESC"], RUNS)).toThrow("duplicate fields");
  });

  it("has attributes of their own for experiments and models", () => {
    expect(parseFilter("name LIKE 'a%' AND tags.`k` = 'v'", EXPERIMENTS)).toHaveLength(2);
    expect(() => parseFilter("metrics.a > 1", EXPERIMENTS)).toThrow("Invalid entity type");
    expect(parseFilter("name = 'm' AND creation_time > 5 AND metrics.a > 1", MODELS)[1]?.key).toBe(
      "creation_timestamp",
    );
  });

  it("answers any input with a filter or one clear error, quickly", () => {
    const words = fc.constantFrom(
      "metrics.",
      "params.`",
      "'",
      '"',
      "`",
      " AND ",
      " IN (",
      ")",
      ",",
      ">=",
      "=",
      "1e9",
      "LIKE",
      " IS NOT NULL",
      "tags.a",
      "\u0000",
      "💥",
      "--",
      "/*",
    );
    const input = fc.oneof(
      fc.string(),
      fc.array(words, { maxLength: 40 }).map((parts) => parts.join("")),
    );
    const runs = process.env.CAIRN_LONG ? 10_000 : 500;
    fc.assert(
      fc.property(input, (source) => {
        try {
          parse(source);
        } catch (error) {
          expect(error).toBeInstanceOf(CairnError);
          expect((error as CairnError).code).toBe("invalid");
        }
      }),
      { numRuns: runs },
    );
    expect(() => parse(`params.a = '${"''".repeat(60_000)}'`)).toThrow("longer than");
    expect(parse(`params.a = '${"''".repeat(40_000)}'`)[0]?.value).toHaveLength(40_000);
    expect(() => parse("metrics.a > ".repeat(5000))).toThrow(CairnError);
  });
});

describe("LIKE", () => {
  it("is what a regular expression says", () => {
    const letters = fc.string({ unit: fc.constantFrom("a", "b", "A", "%", "_", "\n", "é"), maxLength: 12 });
    fc.assert(
      fc.property(letters, letters, (text, pattern) => {
        const body = [...pattern].map((c) => (c === "%" ? "[^]*" : c === "_" ? "[^]" : c)).join("");
        expect(like(text, pattern)).toBe(new RegExp(`^${body}$`, "u").test(text));
      }),
      { numRuns: 2000 },
    );
  });

  it("minds case, ILIKE not", () => {
    expect(like("Ada", "a%")).toBe(false);
    expect(ilike("Ada", "a%")).toBe(true);
  });

  it("takes no longer for a hostile pattern", () => {
    const start = performance.now();
    expect(like("a".repeat(8000), `${"%a".repeat(200)}b`)).toBe(false);
    expect(performance.now() - start).toBeLessThan(5000);
  });
});
