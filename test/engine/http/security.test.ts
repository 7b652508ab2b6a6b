import { createConnection } from "node:net";
import { text } from "node:stream/consumers";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createRun, send, startServer, type TestServer } from "./server.js";

let server: TestServer;

beforeAll(async () => {
  server = await startServer();
});
afterAll(() => server.close());

const create = { body: { name: "must not exist" } };

async function experimentNames(): Promise<string[]> {
  const { json } = await server.send("POST", "experiments/search", { body: { max_results: 100 } });
  return (json as { experiments: { name: string }[] }).experiments.map(({ name }) => name);
}

describe("the token", () => {
  const basic = (pair: string) => `Basic ${Buffer.from(pair).toString("base64")}`;

  it.each([
    ["none", {}],
    ["an empty one", { authorization: "" }],
    ["another", { authorization: "Bearer wrong" }],
    ["another of equal length", { authorization: `Bearer ${"x".repeat(29)}` }],
    ["another as password", { authorization: basic("user:wrong") }],
    ["the token as user", { authorization: basic("token-of-this-test-0123456789:") }],
    ["the token with more after it", { authorization: "Bearer token-of-this-test-0123456789 x" }],
  ])("refuses %s, and writes nothing", async (_, headers) => {
    const { status, json } = await send(server.port, "POST", "experiments/create", { ...create, headers });
    expect([status, json.error_code]).toEqual([401, "UNAUTHENTICATED"]);
    expect(json.message).not.toContain(server.token);
    expect(await experimentNames()).toEqual(["Default"]);
  });

  it("is taken as Bearer and as Basic's password", async () => {
    for (const authorization of [`Bearer ${server.token}`, basic(`anyone:${server.token}`)]) {
      const { status } = await send(server.port, "GET", "experiments/get?experiment_id=0", {
        headers: { authorization },
      });
      expect(status).toBe(200);
    }
  });

  it("is needed for everything but the page and the health probe", async () => {
    const paths = [
      "/version",
      "/api/3.0/mlflow/server-info",
      "/api/2.0/mlflow-artifacts/artifacts?path=",
      "/api/2.0/mlflow-artifacts/artifacts/1/x",
      "/get-artifact?run_id=a&path=b",
      "/nothing",
      "//health",
      "/health/",
      "/health/../api/2.0/mlflow/experiments/get?experiment_id=0",
    ];
    for (const path of paths) expect((await send(server.port, "GET", path, {})).status, path).toBe(401);
    expect((await send(server.port, "POST", "/health", { body: {} })).status).toBe(401);
    const health = await send(server.port, "GET", "/health", {});
    expect([health.status, health.text]).toEqual([200, "OK"]);
  });

  it("alone counts as activity", async () => {
    const before = server.activity();
    await send(server.port, "GET", "/health", {});
    await send(server.port, "GET", "runs/get?run_id=a", {});
    expect(server.activity()).toBe(before);
    await server.send("GET", "runs/get?run_id=a");
    expect(server.activity()).toBe(before + 1);
  });
});

describe("the Host header", () => {
  it.each([
    "evil.example",
    "127.0.0.1",
    "127.0.0.1:1",
    "localhost.evil.example",
    "evil.example:PORT",
    "a@127.0.0.1:PORT",
  ])("%s is refused, token or not", async (host) => {
    const headers = { host: host.replace("PORT", String(server.port)) };
    const { status, json } = await server.send("POST", "experiments/create", { ...create, headers });
    expect([status, json.error_code]).toEqual([403, "PERMISSION_DENIED"]);
    expect(await experimentNames()).toEqual(["Default"]);
  });

  it.each(["127.0.0.1", "localhost", "LOCALHOST", "[::1]"])("%s with our port is taken", async (name) => {
    const headers = { host: `${name}:${server.port}` };
    expect((await server.send("GET", "experiments/get?experiment_id=0", { headers })).status).toBe(200);
  });

  it("must be there", async () => {
    const socket = createConnection(server.port, "127.0.0.1");
    socket.end(`GET /health HTTP/1.0\r\nAuthorization: Bearer ${server.token}\r\n\r\n`);
    expect(await text(socket)).toMatch(/^HTTP\/1\.1 403 /);
  });
});

describe("a foreign page", () => {
  it.each(["http://evil.example", "https://127.0.0.1", "null", "http://127.0.0.1:1"])(
    "of origin %s is refused, token or not",
    async (origin) => {
      const { status } = await server.send("POST", "experiments/create", { ...create, headers: { origin } });
      expect(status).toBe(403);
      expect(await experimentNames()).toEqual(["Default"]);
    },
  );

  it("cannot post a plain form", async () => {
    const headers = { "content-type": "text/plain" };
    const { status } = await server.send("POST", "experiments/create", { ...create, headers });
    expect(status).toBeGreaterThanOrEqual(400);
    expect(status).toBeLessThan(500);
    expect(await experimentNames()).toEqual(["Default"]);
  });

  it("can neither frame an answer nor guess its type", async () => {
    for (const path of ["/", "/health", "/nothing"]) {
      const { headers } = await server.send("GET", path);
      expect(headers["x-content-type-options"]).toBe("nosniff");
      expect(headers["x-frame-options"]).toBe("SAMEORIGIN");
      expect(headers).not.toHaveProperty("access-control-allow-origin");
    }
  });

  it("gets an artifact as a download only", async () => {
    const runId = await createRun(server);
    const path = `/api/2.0/mlflow-artifacts/artifacts/0/${runId}/artifacts/page.html`;
    await server.send("PUT", path, { body: "<script>1</script>", headers: { "content-type": "text/html" } });
    const { headers, text: content } = await server.send("GET", path);
    expect(content).toBe("<script>1</script>");
    expect(headers["content-type"]).toBe("application/octet-stream");
    expect(headers["content-disposition"]).toMatch(/^attachment/);
  });
});
