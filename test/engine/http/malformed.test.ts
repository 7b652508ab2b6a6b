import Database from "better-sqlite3";
import fc from "fast-check";
import { afterAll, beforeAll, expect, it } from "vitest";
import { createRun, startServer, type TestServer } from "./server.js";

const runs = Number(process.env.CAIRN_FUZZ_RUNS ?? 500);

let server: TestServer;
let runId: string;

beforeAll(async () => {
  server = await startServer();
  runId = await createRun(server);
});
afterAll(() => server.close());

/** All that the database holds, table by table. */
function contents(): string {
  const database = new Database(server.paths.database, { readonly: true });
  try {
    const tables = database
      .prepare("SELECT name FROM sqlite_schema WHERE type = 'table'")
      .pluck()
      .all() as string[];
    return JSON.stringify(tables.map((table) => [table, database.prepare(`SELECT * FROM "${table}"`).all()]));
  } finally {
    database.close();
  }
}

const writes = [
  "experiments/create",
  "experiments/delete",
  "experiments/restore",
  "experiments/update",
  "experiments/set-experiment-tag",
  "experiments/delete-experiment-tag",
  "runs/update",
  "runs/log-metric",
  "runs/log-parameter",
  "runs/set-tag",
  "runs/delete-tag",
  "runs/delete",
  "runs/restore",
  "runs/log-batch",
  "runs/log-inputs",
  "runs/outputs",
  "runs/log-model",
  "logged-models",
  "logged-models/search",
];

/** Bodies that no endpoint can take: cut short, of another kind, or with a run that is none. */
const malformed = fc.oneof(
  fc.string({ minLength: 1 }).filter((text) => !isObject(text)),
  fc
    .tuple(fc.json({ maxDepth: 3 }), fc.nat())
    .map(([text, at]) => `{"run_id":${text}`.slice(0, Math.max(1, at % (text.length + 10)))),
  fc.constantFrom(
    "[",
    "{",
    "[[[[",
    "\0",
    "[]",
    "1",
    "true",
    '"x"',
    '"\\"x\\""',
    "NaN",
    `${"[".repeat(50_000)}`,
  ),
  fc.record({ run_id: fc.jsonValue({ maxDepth: 2 }).filter(isNoString) }).map((body) => JSON.stringify(body)),
  fc
    .record({ experiment_id: fc.jsonValue({ maxDepth: 2 }).filter(isNoString) })
    .map((body) => JSON.stringify(body)),
);

function isNoString(value: unknown): boolean {
  return typeof value !== "string";
}

function isObject(text: string): boolean {
  try {
    const value = JSON.parse(text) as unknown;
    return typeof value === "object" && value !== null && !Array.isArray(value);
  } catch {
    return false;
  }
}

it(
  `refuses ${runs} malformed bodies in MLflow's shape and writes nothing`,
  { timeout: 600_000 },
  async () => {
    const before = contents();
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...writes), malformed, async (path, body) => {
        const { status, json } = await server.send("POST", path, { body });
        expect(status, `${path} ${body}`).toBeGreaterThanOrEqual(400);
        expect(status, `${path} ${body}`).toBeLessThan(500);
        expect(typeof json.error_code).toBe("string");
        expect(typeof json.message).toBe("string");
      }),
      { numRuns: runs },
    );
    expect(contents()).toBe(before);
    expect(server.errors).toEqual([]);
  },
);

const good: Record<string, Record<string, unknown>> = {
  "runs/log-metric": { key: "m", value: 1, timestamp: 1, step: 1 },
  "runs/log-batch": {
    metrics: [{ key: "m", value: 1, timestamp: 1, step: 1 }],
    params: [{ key: "p", value: "v" }],
    tags: [{ key: "t", value: "v" }],
  },
  "runs/log-inputs": {
    datasets: [{ tags: [], dataset: { name: "a", digest: "b", source_type: "c", source: "d" } }],
  },
  "runs/update": { status: "RUNNING", end_time: 1, run_name: "x" },
};

it("never fails by itself, whatever any field holds", { timeout: 600_000 }, async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom(...Object.keys(good)),
      fc.jsonValue(),
      fc.nat(),
      async (path, value, at) => {
        const body = { ...good[path] };
        const field = Object.keys(body)[at % Object.keys(body).length] ?? "";
        const { status } = await server.send("POST", path, {
          body: { ...body, run_id: runId, [field]: value },
        });
        expect(status).toBeLessThan(500);
      },
    ),
    { numRuns: runs },
  );
  expect(server.errors).toEqual([]);
});

it("writes all of a batch or nothing", async () => {
  const before = contents();
  const metrics = Array.from({ length: 1000 }, (_, step) => ({ key: "m", value: step, timestamp: 1, step }));
  const spoiled = [...metrics.slice(0, 999), { key: "m,", value: 1, timestamp: 1, step: 1 }];
  const { status } = await server.send("POST", "runs/log-batch", {
    body: { run_id: runId, metrics: spoiled },
  });
  expect(status).toBe(400);
  expect(contents()).toBe(before);
});

it("refuses a body beyond its limit without reading it all", { timeout: 60_000 }, async () => {
  const { status, json } = await server.send("POST", "runs/log-batch", {
    body: `{"run_id":"${"x".repeat(65 << 20)}"}`,
  });
  expect([status, json.error_code]).toEqual([413, "BAD_REQUEST"]);
});
