/*
 * Requests that Cairn and a real `mlflow server` are both sent, in this order. `{run}` and the like stand for what
 * an earlier answer contained; each server has its own.
 */
export interface Case {
  name: string;
  method: "GET" | "POST" | "PATCH" | "DELETE";
  path: string;
  /** A string is sent as it is. */
  body?: unknown;
  /** Keeps a value of the answer: name → path in the JSON. */
  keep?: Record<string, string>;
}

export const post = (path: string, body: unknown, keep?: Record<string, string>): Case => ({
  name: `POST ${path} ${short(body)}`,
  method: "POST",
  path,
  body,
  ...(keep ? { keep } : {}),
});
export const get = (path: string): Case => ({ name: `GET ${path}`, method: "GET", path });

function short(body: unknown): string {
  const text = typeof body === "string" ? body : JSON.stringify(body);
  return text.length > 120 ? `${text.slice(0, 117)}…` : text;
}
