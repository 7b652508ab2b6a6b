import { afterAll, beforeAll, expect, it } from "vitest";
import { corpus } from "./corpus.js";
import { allowed } from "./allowed.js";
import { startMlflowServer, type MlflowServer } from "./mlflowServer.js";
import { replay, type Replayed } from "./replay.js";
import { startServer, type TestServer } from "./server.js";

let cairn: TestServer;
let mlflow: MlflowServer;

beforeAll(async () => {
  [cairn, mlflow] = await Promise.all([startServer(), startMlflowServer({ workers: 1 })]);
}, 300_000);

afterAll(async () => {
  await Promise.all([cairn.close(), mlflow.stop()]);
});

it(`answers ${corpus.length} requests as mlflow server does`, { timeout: 600_000 }, async () => {
  const ours: Replayed = {
    port: cairn.port,
    headers: { authorization: `Bearer ${cairn.token}` },
    kept: new Map(),
  };
  const theirs: Replayed = { port: mlflow.port, headers: {}, kept: new Map() };
  const differences: string[] = [];
  const used = new Set<string>();
  for (const item of corpus) {
    const [a, b] = await Promise.all([replay(ours, item), replay(theirs, item)]);
    expect(a.status, item.name).toBeLessThan(500);
    if (JSON.stringify([a.status, a.body]) === JSON.stringify([b.status, b.body])) continue;
    const rule = allowed.find(({ applies }) => applies(a, b, item));
    if (rule) used.add(rule.reason);
    else differences.push(`${item.name}\n  ours   ${JSON.stringify(a)}\n  theirs ${JSON.stringify(b)}`);
  }
  expect(differences.join("\n")).toBe("");
  // A rule that nothing needs any more would hide the next difference.
  expect(allowed.map(({ reason }) => reason).filter((reason) => !used.has(reason))).toEqual([]);
  expect(cairn.errors).toEqual([]);
});
