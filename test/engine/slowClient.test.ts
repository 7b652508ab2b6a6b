import net from "node:net";
import { expect, test } from "vitest";
import { createMessageConnection, SocketMessageReader, SocketMessageWriter } from "vscode-jsonrpc/node";
import { PROTOCOL_VERSION } from "../../src/shared/protocol.ts";
import { testProject, until } from "./projects.ts";

const MB = 1024 * 1024;

test("a client that stops reading costs no memory, and hears what it missed when it reads again", async () => {
  const project = testProject();
  const client = await project.connect();
  const { experimentId } = await client.request("experimentCreate", { name: "flood" });
  const { MLFLOW_TRACKING_URI = "", MLFLOW_TRACKING_TOKEN = "" } = await client.request("environment", {});
  const post = async (method: string, body: object) => {
    const response = await fetch(`${MLFLOW_TRACKING_URI}/api/2.0/mlflow/${method}`, {
      method: "POST",
      headers: { authorization: `Bearer ${MLFLOW_TRACKING_TOKEN}`, "content-type": "application/json" },
      body: JSON.stringify(body),
    });
    expect(response.status).toBe(200);
    return (await response.json()) as { run: { info: { run_id: string } } };
  };
  const { run } = await post("runs/create", { experiment_id: experimentId, start_time: Date.now() });
  const runId = run.info.run_id;

  const socket = net.connect(project.engineFile?.socket ?? "");
  const rpc = createMessageConnection(new SocketMessageReader(socket), new SocketMessageWriter(socket));
  const heard = { points: 0, changed: 0 };
  rpc.onNotification("points", () => {
    heard.points++;
  });
  rpc.onNotification("changed", ({ runs }: { runs: { runId: string }[] }) => {
    if (runs.some((changed) => changed.runId === runId)) heard.changed++;
  });
  rpc.listen();
  const introduction = { kind: "test", version: "1.0.0", protocol: PROTOCOL_VERSION };
  await rpc.sendRequest("hello", { token: project.engineFile?.token, ...introduction });
  await rpc.sendRequest("subscribe", { metrics: [runId], console: [] });
  const memory = async () => (await client.request("health", {})).engine.memory;

  const metrics = (round: number) =>
    Array.from({ length: 1000 }, (_, i) => ({
      ...{
        key: `metric-${i % 500}`,
        value: Math.random(),
        timestamp: Date.now(),
        step: round * 2 + (i >= 500 ? 1 : 0),
      },
    }));
  socket.pause();
  for (let round = 0; round < 60; round++)
    await post("runs/log-batch", { run_id: runId, metrics: metrics(round) });
  const before = await memory();
  for (let round = 60; round < 260; round++)
    await post("runs/log-batch", { run_id: runId, metrics: metrics(round) });
  expect((await memory()) - before).toBeLessThan(60 * MB);

  const { changed } = heard;
  socket.resume();
  await until(() => heard.changed > changed, "it is told that the run changed");
  const { points } = heard;
  await post("runs/log-batch", { run_id: runId, metrics: metrics(1000) });
  await until(() => heard.points > points, "points come again");
  rpc.dispose();
  socket.destroy();
});
