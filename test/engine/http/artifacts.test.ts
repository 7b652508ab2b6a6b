import { readdir } from "node:fs/promises";
import { request } from "node:http";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it, vi } from "vitest";
import { createRun, startServer, type TestServer } from "./server.js";

let server: TestServer;
let runId: string;
const base = "/api/2.0/mlflow-artifacts/artifacts";

beforeAll(async () => {
  server = await startServer();
  runId = await createRun(server);
});
afterAll(() => server.close());

const put = (path: string, body: string, type = "application/json") =>
  server.send("PUT", `${base}/0/${runId}/artifacts/${path}`, { body, headers: { "content-type": type } });

it("keeps files as they are, JSON that is none and names with spaces among them", async () => {
  expect((await put("a%20b/not.json", "{ no json")).json).toEqual({});
  expect((await put("empty", "")).status).toBe(200);
  expect((await server.send("GET", `${base}/0/${runId}/artifacts/a%20b/not.json`)).text).toBe("{ no json");
  const listed = await server.send("GET", `artifacts/list?run_id=${runId}`);
  expect(listed.json).toEqual({
    root_uri: `mlflow-artifacts:/0/${runId}/artifacts`,
    files: [
      { path: "a b", is_dir: true },
      { path: "empty", is_dir: false },
    ],
  });
  const below = await server.send("GET", `artifacts/list?run_id=${runId}&path=a%20b`);
  expect(below.json.files).toEqual([{ path: "a b/not.json", is_dir: false, file_size: 9 }]);
  const proxied = await server.send("GET", `${base}?path=0/${runId}/artifacts/a%20b`);
  expect(proxied.json.files).toEqual([{ path: "not.json", is_dir: false, file_size: 9 }]);
  const got = await server.send("GET", `/get-artifact?run_id=${runId}&path=a%20b/not.json`);
  expect(got.text).toBe("{ no json");
  expect((await server.send("DELETE", `${base}/0/${runId}/artifacts/a%20b`)).json).toEqual({});
  expect((await server.send("GET", `artifacts/list?run_id=${runId}&path=a%20b`)).json).not.toHaveProperty(
    "files",
  );
});

it("keeps none of a file whose upload is cut off", async () => {
  const outgoing = request({
    host: "127.0.0.1",
    port: server.port,
    method: "PUT",
    path: `${base}/0/${runId}/artifacts/cut/model.bin`,
    headers: { authorization: `Bearer ${server.token}`, "content-length": 10_000_000 },
  });
  outgoing.on("error", () => undefined);
  outgoing.write(Buffer.alloc(100_000));
  const uploads = join(server.paths.artifacts, ".uploads");
  await vi.waitFor(async () => expect(await readdir(uploads)).toHaveLength(1), 10_000);
  outgoing.destroy();
  await vi.waitFor(async () => expect(await readdir(uploads)).toEqual([]), 10_000);
  expect(await readdir(join(server.paths.artifacts, "0", runId, "artifacts"))).not.toContain("cut");
});

it.each([
  ["GET", `${base}/..%2f..%2fcairn.db`],
  ["GET", `${base}/%2e%2e/cairn.db`],
  ["GET", `${base}/%252e%252e/cairn.db`],
  ["GET", `${base}//etc/passwd`],
  ["GET", `${base}?path=../`],
  ["GET", `${base}?path=/etc`],
  ["PUT", `${base}/..%2f..%2fcairn.db`],
  ["DELETE", `${base}/..%2fcairn.db`],
  ["DELETE", `${base}/`],
  ["GET", "artifacts/list?run_id=RUN&path=../"],
  ["GET", "artifacts/list?run_id=RUN&path=/etc"],
  ["GET", "/get-artifact?run_id=RUN&path=../../../cairn.db"],
])("refuses %s %s", async (method, path) => {
  const { status, json } = await server.send(method, path.replace("RUN", runId), {
    ...(method === "PUT" ? { body: "x" } : {}),
  });
  expect(status, JSON.stringify(json)).toBeGreaterThanOrEqual(400);
  expect(status).toBeLessThan(500);
  expect(json.error_code).toBeDefined();
  expect(await readdir(server.paths.data)).toContain("cairn.db");
});

it("answers 404 for what is not there", async () => {
  const file = await server.send("GET", `${base}/0/${runId}/artifacts/absent`);
  expect([file.status, file.json.error_code]).toEqual([404, "RESOURCE_DOES_NOT_EXIST"]);
  const run = await server.send("GET", "artifacts/list?run_id=absent");
  expect([run.status, run.json.error_code]).toEqual([404, "RESOURCE_DOES_NOT_EXIST"]);
});

it("sends a part of a file, and the whole where the range is none it knows", async () => {
  await put("range.txt", "0123456789", "text/plain");
  const get = (range: string) =>
    server.send("GET", `/get-artifact?run_id=${runId}&path=range.txt`, { headers: { range } });
  const texts: Record<string, string> = {
    "bytes=2-4": "234",
    "bytes=7-": "789",
    "bytes=8-99": "89",
    "bytes=4-2": "0123456789",
    "bytes=-3": "0123456789",
    "bytes=0-1,4-5": "0123456789",
    "lines=0-1": "0123456789",
  };
  for (const [range, text] of Object.entries(texts)) {
    const { status, text: got } = await get(range);
    expect([range, status, got]).toEqual([range, text.length === 10 ? 200 : 206, text]);
  }
  const past = await get("bytes=10-");
  expect([past.status, past.json.error_code]).toEqual([416, "INVALID_PARAMETER_VALUE"]);
});
