import type { Input } from "./input.js";

/** One endpoint below `/api/2.0/mlflow/`. What it resolves to is the JSON of the answer, or that in UTF-8. */
export interface Route {
  method: "GET" | "POST" | "PATCH" | "DELETE";
  path: string;
  handle(input: Input, params: Readonly<Record<string, string>>): Promise<object>;
}

export const nothing = {};
