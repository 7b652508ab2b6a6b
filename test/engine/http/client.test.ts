import { afterAll, afterEach, beforeAll, expect, it } from "vitest";
import { startPython } from "./python.js";
import { startServer, type TestServer } from "./server.js";

let server: TestServer;

beforeAll(async () => {
  server = await startServer();
});
afterEach(() => {
  expect(server.errors).toEqual([]);
});
afterAll(() => server.close());

it("takes an unchanged script that uses the fluent API", { timeout: 300_000 }, async () => {
  const { result } = await startPython("fluent.py", server);
  const { run_id, experiment_id } = (await result) as { run_id: string; experiment_id: string };
  const { json } = await server.send("GET", `runs/get?run_id=${run_id}`);
  expect(json.run).toMatchObject({
    info: {
      experiment_id,
      status: "FINISHED",
      artifact_uri: `mlflow-artifacts:/${experiment_id}/${run_id}/artifacts`,
    },
  });
});

it("takes scikit-learn's autologging and logged models", { timeout: 300_000 }, async () => {
  const { result } = await startPython("autolog.py", server);
  const { model_id } = (await result) as { model_id: string };
  const { json } = await server.send("GET", `logged-models/${model_id}`);
  expect(json.model).toMatchObject({ info: { model_id, status: "LOGGED_MODEL_READY" } });
});

it("tells the client at once that its token is wrong", { timeout: 120_000 }, async () => {
  const { result } = await startPython("fluent.py", { url: server.url, token: "wrong" });
  await expect(result).rejects.toThrow(/token of this Cairn project is missing or wrong/);
});
