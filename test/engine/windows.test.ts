import { readFileSync } from "node:fs";
import path from "node:path";
import { expect, test } from "vitest";
import { readAccess } from "../../src/engine/client/index.ts";
import type { EngineNotifications } from "../../src/shared/protocol.ts";
import { isAlive, testProject, until } from "./projects.ts";

const idle = { engineArguments: ["--idle-ms", "400"] };

test("an engine says whose terminals keep it, and ends when they are gone", async () => {
  const project = testProject();
  const client = await project.connect({ kind: "vscode", ...idle });
  const pid = await project.enginePid();
  await client.request("windowState", { trusted: true, terminals: true });
  const { engine } = await client.request("health", {});
  expect(engine.keptBy).toEqual(["1 client", "terminals of 1 window"]);
  await client.request("windowState", { trusted: true, terminals: false });
  expect((await client.request("health", {})).engine.keptBy).toEqual(["1 client"]);
  client.dispose();
  await until(() => !isAlive(pid), "the engine to end");
});

test("the address and that there are runs are remembered for windows without an engine", async () => {
  const project = testProject();
  const client = await project.connect();
  const environment = await client.request("environment", {});
  const read = () => readAccess(project.paths.data);
  expect(read()).toMatchObject({ used: false });
  const { runId } = await client.request("runStart", { command: ["true"] });
  expect(read()).toEqual({
    ...{ token: environment.MLFLOW_TRACKING_TOKEN, used: true },
    port: Number(new URL(environment.MLFLOW_TRACKING_URI ?? "").port),
  });
  await until(
    async () => (await client.request("run", { runId })).row.status === "FINISHED",
    "the run to be finished",
  );
  await project.killEngine();
  const next = await project.connect();
  expect(await next.request("environment", {})).toEqual(environment);
  expect(JSON.parse(readFileSync(path.join(project.paths.data, "access.json"), "utf8"))).toEqual(read());
});

test("a failed run is told to the clients, and the end of one that outlived the engine at the next start", async () => {
  const project = testProject();
  const told: EngineNotifications["alert"][] = [];
  const client = await project.connect({ kind: "vscode" });
  client.on("alert", (news) => told.push(news));
  await client.request("runStart", { command: ["sh", "-c", "exit 3"] });
  const first = await until(() => told[0]?.alert, "the alert");
  expect(first).toMatchObject({ kind: "failed", quiet: false });
  expect(first.message).toMatch(/^Failed after .*: exit code 3\.$/);
  expect(await client.request("alertClaim", { id: first.id })).toEqual({ claimed: true });
  expect(await client.request("alertClaim", { id: first.id })).toEqual({ claimed: false });
  await client.request("runStart", { command: ["sh", "-c", "sleep 0.5; exit 4"], name: "outlives" });
  await project.killEngine();
  await new Promise((resolve) => setTimeout(resolve, 1000));
  const next = await project.connect({ kind: "vscode" });
  const { alerts } = await until(async () => {
    const listed = await next.request("alerts", { unclaimed: true, limit: 10 });
    return listed.alerts.length > 0 ? listed : undefined;
  }, "the alert of the run that outlived the engine");
  expect(alerts).toMatchObject([{ kind: "failed", runName: "outlives" }]);
  expect(alerts[0]?.message).toContain("exit code 4");
  expect(await next.request("alertAcknowledge", {})).toEqual({ acknowledged: 2 });
});
