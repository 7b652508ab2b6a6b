import { expect, onTestFinished, test } from "vitest";
import { ReconnectingEngine } from "../../src/engine/client/index.ts";
import { isAlive, testProject, type TestProject, until } from "./projects.ts";

function reconnecting(project: TestProject) {
  const events: string[] = [];
  const engine = new ReconnectingEngine({
    project: project.folder,
    kind: "test",
    start: "ifNeeded",
    onConnected: () => events.push("connected"),
    onDisconnected: () => events.push("disconnected"),
    onFailure: (error) => events.push(error.message),
  });
  onTestFinished(() => {
    engine.dispose();
  });
  return { engine, events };
}

test("a client whose engine is killed gets the next one and is subscribed again", async () => {
  const project = testProject();
  const { engine, events } = reconnecting(project);
  const { experimentId } = await engine.request("experimentCreate", { name: "again" });
  expect(experimentId).not.toBe("");
  await engine.subscribe({ metrics: ["r1"], console: [] });
  await project.killEngine();
  await until(() => events.length === 3, "it is connected again");
  expect(events).toEqual(["connected", "disconnected", "connected"]);
  const pid = await project.enginePid();
  expect((await engine.request("health", {})).engine.pid).toBe(pid);
});

test("an engine that was stopped on purpose stays away until it is needed", async () => {
  const project = testProject();
  const { engine, events } = reconnecting(project);
  await engine.connect();
  const pid = await project.enginePid();
  await engine.request("drain", { reason: "stopped by a test" });
  await until(() => !isAlive(pid), "the engine has ended");
  await until(() => events.includes("disconnected"), "it was noticed");
  await new Promise((resolve) => setTimeout(resolve, 500));
  expect(project.engineFile).toBeUndefined();

  await project.connect();
  await until(() => engine.connected, "the successor is joined");
  expect(events).toEqual(["connected", "disconnected", "connected"]);
});

test("a disposed one asks nothing any more", async () => {
  const project = testProject();
  const { engine } = reconnecting(project);
  await engine.connect();
  engine.dispose();
  await expect(engine.request("health", {})).rejects.toMatchObject({ code: "cancelled" });
});
