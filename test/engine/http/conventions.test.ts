import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createRun, startServer, type TestServer } from "./server.js";

let server: TestServer;

beforeAll(async () => {
  server = await startServer();
});
afterAll(() => server.close());

interface RunAnswer {
  run: {
    info: Record<string, unknown>;
    data: { metrics?: { key: string; value: unknown; step: unknown }[] };
  };
}

async function getRun(runId: string): Promise<RunAnswer["run"]> {
  const { json } = await server.send("GET", `runs/get?run_id=${runId}`);
  return (json as unknown as RunAnswer).run;
}

describe("values", () => {
  it("that JSON has no numbers for go in and out by name", async () => {
    const runId = await createRun(server);
    const metrics = ["NaN", "Infinity", "-Infinity", 1.5, "2.5"].map((value, index) => ({
      key: `m${index}`,
      value,
      timestamp: 1000,
      step: 0,
    }));
    expect((await server.send("POST", "runs/log-batch", { body: { run_id: runId, metrics } })).json).toEqual(
      {},
    );
    const { data } = await getRun(runId);
    expect(data.metrics?.map(({ value }) => value)).toEqual(["NaN", "Infinity", "-Infinity", 1.5, 2.5]);
    const history = await server.send("GET", `metrics/get-history?run_id=${runId}&metric_key=m0`);
    expect(history.json).toEqual({ metrics: [{ key: "m0", value: "NaN", timestamp: 1000, step: 0 }] });
  });

  it("of 64 bits leave as numbers and come as numbers or strings", async () => {
    const runId = await createRun(server);
    const metric = { key: "a", value: 1, timestamp: "1700000000000", step: "-7" };
    await server.send("POST", "runs/log-metric", { body: { run_id: runId, ...metric } });
    const { data } = await getRun(runId);
    expect(data.metrics).toEqual([{ key: "a", value: 1, timestamp: 1_700_000_000_000, step: -7 }]);
  });
});

describe("requests", () => {
  it("work under both prefixes", async () => {
    const runId = await createRun(server);
    const { status } = await server.send("GET", `/ajax-api/2.0/mlflow/runs/get?run_id=${runId}`);
    expect(status).toBe(200);
  });

  it("may say run_uuid, have unknown fields, and answer {} for nothing", async () => {
    const runId = await createRun(server);
    const body = { run_uuid: runId, key: "k", value: "v", unknown: { a: [1] } };
    expect((await server.send("POST", "runs/set-tag", { body })).text).toBe("{}");
    expect((await server.send("POST", "runs/log-parameter", { body })).text).toBe("{}");
  });

  it("may be JSON within a JSON string, as old clients send it", async () => {
    const runId = await createRun(server);
    const body = JSON.stringify(JSON.stringify({ run_id: runId, key: "k", value: "v" }));
    expect((await server.send("POST", "runs/log-parameter", { body })).status).toBe(200);
    expect((await getRun(runId)).data).toMatchObject({ params: [{ key: "k", value: "v" }] });
  });

  it("by GET fall back to a JSON body, and take the first of repeated single values", async () => {
    const runId = await createRun(server);
    expect((await server.send("GET", "runs/get", { body: { run_id: runId } })).status).toBe(200);
    expect((await server.send("GET", `runs/get?run_id=${runId}&run_id=other`)).status).toBe(200);
  });

  it("by GET may repeat a list", async () => {
    const runIds = [await createRun(server), await createRun(server)];
    for (const runId of runIds) {
      const metrics = [1, 2, 3, 4, 5].map((step) => ({
        key: "loss",
        value: step / 2,
        timestamp: step,
        step,
      }));
      await server.send("POST", "runs/log-batch", { body: { run_id: runId, metrics } });
    }
    const query = runIds.map((runId) => `run_ids=${runId}`).join("&");
    const { json } = await server.send(
      "GET",
      `metrics/get-history-bulk-interval?${query}&metric_key=loss&max_results=3&start_step=1&end_step=5`,
    );
    const points = (json as { metrics: { run_id: string; step: number }[] }).metrics;
    expect(points.map(({ run_id, step }) => [run_id, step])).toEqual(
      runIds.flatMap((runId) => [1, 3, 5].map((step) => [runId, step])),
    );
    const single = await server.send(
      "GET",
      `metrics/get-history-bulk-interval?run_ids=${runIds[0] ?? ""}&metric_key=loss&max_results=1`,
    );
    expect((single.json as { metrics: { step: number }[] }).metrics.map(({ step }) => step)).toEqual([5]);
  });
});

describe("a long history", () => {
  it("comes whole without max_results and in pages with it", async () => {
    const runId = await createRun(server);
    for (let from = 0; from < 3000; from += 1000) {
      const metrics = Array.from({ length: 1000 }, (_, i) => ({
        key: "loss",
        value: from + i,
        timestamp: from + i,
        step: from + i,
      }));
      await server.send("POST", "runs/log-batch", { body: { run_id: runId, metrics } });
    }
    const whole = await server.send("GET", `metrics/get-history?run_id=${runId}&metric_key=loss`);
    expect((whole.json as { metrics: unknown[] }).metrics).toHaveLength(3000);
    expect(whole.json).not.toHaveProperty("next_page_token");
    const steps: number[] = [];
    for (let token = ""; ;) {
      const page = await server.send(
        "GET",
        `metrics/get-history?run_id=${runId}&metric_key=loss&max_results=700&page_token=${encodeURIComponent(token)}`,
      );
      const { metrics, next_page_token } = page.json as {
        metrics: { step: number }[];
        next_page_token?: string;
      };
      steps.push(...metrics.map(({ step }) => step));
      if (next_page_token === undefined) break;
      token = next_page_token;
    }
    expect(steps).toEqual(Array.from({ length: 3000 }, (_, i) => i));
  });
});

describe("probes", () => {
  it("answer what the client asks before it starts", async () => {
    expect((await server.send("GET", "/health")).text).toBe("OK");
    expect((await server.send("GET", "/version")).text).toMatch(/^\d+\.\d+\.\d+$/);
    expect((await server.send("GET", "/api/3.0/mlflow/server-info")).json).toMatchObject({
      store_type: "SqlStore",
      multipart_uploads_enabled: false,
    });
  });

  it("show a page under the address that the client prints, which needs no token and has no script", async () => {
    const page = await server.send("GET", "/", { headers: { authorization: "" } });
    expect(page.status).toBe(200);
    expect(page.text).toContain("VS Code");
    expect(page.text).not.toContain("<script");
    expect(page.headers["content-security-policy"]).toContain("default-src 'none'");
  });

  it.each(["registered-models/create", "registered-models/search", "traces", "nothing/here"])(
    "say that there is no %s",
    async (path) => {
      const { status, json } = await server.send("POST", path, { body: {} });
      expect([status, json.error_code]).toEqual([404, "ENDPOINT_NOT_FOUND"]);
    },
  );
});
