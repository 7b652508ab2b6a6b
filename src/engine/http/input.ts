import type { FastifyRequest } from "fastify";
import { invalid } from "./faults.js";

/** What a request says, from its query or its JSON body; read with the functions of fields.ts. */
export type Input = Readonly<Record<string, unknown>>;

const empty: Input = {};

/**
 * Parses a JSON body. Older MLflow clients send it encoded twice, as a JSON string that holds JSON. Nothing, or
 * `null`, is an empty message.
 */
export function parseBody(text: string): Input {
  if (text.length === 0) return empty;
  let value: unknown;
  try {
    value = JSON.parse(text);
    if (typeof value === "string") value = JSON.parse(value);
  } catch (error) {
    throw invalid(`Bad Request. The request body is not valid JSON: ${(error as Error).message}`);
  }
  if (value === null) return empty;
  if (typeof value !== "object" || Array.isArray(value)) {
    throw invalid("Bad Request. The request body must be a JSON object.");
  }
  return value as Input;
}

/** Query parameters that are lists; any other that is repeated counts by its first value. */
const repeated = new Set(["run_ids", "order_by", "experiment_ids"]);

/** A GET is read from its query where it has one, else from its body, like everything else. */
export function inputOf(request: FastifyRequest): Input {
  const query = request.query as Record<string, string | string[]>;
  const names = request.method === "GET" ? Object.keys(query) : [];
  if (names.length === 0) return (request.body as Input | undefined) ?? empty;
  return Object.fromEntries(
    names.map((name) => {
      const all = [query[name] ?? ""].flat();
      return [name, repeated.has(name) ? all : all[0]];
    }),
  );
}
