import { type Answer, send } from "./server.js";
import type { Case } from "./corpus.js";

/** One server under replay, with the ids that it gave out. */
export interface Replayed {
  port: number;
  headers: Record<string, string>;
  kept: Map<string, string>;
}

export interface Outcome {
  status: number;
  /** The body with its ids named and its times blanked, or the error's name. */
  body: unknown;
  message: string;
}

export async function replay(server: Replayed, item: Case): Promise<Outcome> {
  const fill = (text: string) =>
    text.replace(/\{(\w+)\}/g, (all, name: string) => server.kept.get(name) ?? all);
  const { body } = item;
  const text = body === undefined ? undefined : fill(typeof body === "string" ? body : JSON.stringify(body));
  const path = fill(item.path);
  const answer = await send(server.port, item.method, encodeURI(path), {
    ...(text === undefined ? {} : { body: text }),
    headers: server.headers,
  });
  for (const [name, where] of Object.entries(item.keep ?? {})) server.kept.set(name, pick(answer, where));
  return describe(server, answer);
}

function pick(answer: Answer, where: string): string {
  let value: unknown = answer.json;
  for (const part of where.split(".")) value = (value as Record<string, unknown> | undefined)?.[part];
  if (typeof value !== "string") throw new Error(`No ${where} in ${answer.text}`);
  return value;
}

function describe(server: Replayed, { status, json, text }: Answer): Outcome {
  if (status !== 200) {
    return { status, body: json.error_code, message: typeof json.message === "string" ? json.message : text };
  }
  let known = JSON.stringify(json);
  for (const [name, id] of server.kept) if (id.length > 3) known = known.replaceAll(id, `{${name}}`);
  return { status, body: normalize(JSON.parse(known) as unknown), message: "" };
}

/** Chosen by each server itself, or of a feature that Cairn does not have (workspaces). */
const ownChoice = new Set([
  "creation_time",
  "last_update_time",
  "creation_timestamp_ms",
  "last_updated_timestamp_ms",
  "next_page_token",
  "workspace",
]);

/** Lists of this name are sets in MLflow; all others keep their order. */
const unordered = new Set(["metrics", "params", "tags"]);

/** Fields in one order, without what is empty or each server's own. */
function normalize(value: unknown, name = "", parent = ""): unknown {
  if (Array.isArray(value)) {
    const items = value.map((item) => normalize(item, "", name));
    // The points of a history come under the same name as a run's latest metrics, and do have an order.
    return unordered.has(name) && parent === "data" ? items.sort(byKey) : items;
  }
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value)
    .filter(([key]) => !ownChoice.has(key))
    .map(([key, item]) => [key, normalize(item, key, name)] as const)
    .filter(([, item]) => JSON.stringify(item) !== "{}");
  return Object.fromEntries(entries.sort(([a], [b]) => (a < b ? -1 : 1)));
}

function byKey(a: unknown, b: unknown): number {
  const [left, right] = [a, b].map((item) => (item as { key?: string }).key ?? "");
  return (left ?? "") < (right ?? "") ? -1 : 1;
}
