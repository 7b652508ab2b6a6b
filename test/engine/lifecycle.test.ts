import { existsSync, readFileSync, statSync, writeFileSync } from "node:fs";
import path from "node:path";
import { expect, test } from "vitest";
import { EXIT } from "../../src/engine/client/handshake.ts";
import { isAlive, testProject, until } from "./projects.ts";

test("the first client starts an engine, which keeps everything private", async () => {
  const project = testProject();
  const client = await project.connect();
  expect(client.engine).toMatchObject({ project: project.paths.root, readOnly: false });

  const { paths } = project;
  expect(readFileSync(path.join(paths.data, ".gitignore"), "utf8")).toBe("*\n");
  const mode = (file: string) => statSync(file).mode & 0o777;
  expect(mode(paths.data)).toBe(0o700);
  expect(mode(path.dirname(paths.socket))).toBe(0o700);
  for (const file of [paths.engineFile, path.join(paths.data, "access.json"), paths.socket])
    expect.soft(mode(file), file).toBe(0o600);
  const log = readFileSync(path.join(paths.logs, "engine.log"), "utf8");
  expect(log).not.toContain(project.engineFile?.token);
});

test("looking for an engine with start: never starts none and writes nothing", async () => {
  const project = testProject();
  await expect(project.connect({ start: "never" })).rejects.toMatchObject({ code: "unavailable" });
  expect(existsSync(project.paths.data)).toBe(false);
});

test("of engines started at once one wins and the others end with their own exit code", async () => {
  for (let round = 0; round < 4; round++) {
    const project = testProject(`round ${round}`);
    const engines = [1, 2, 3, 4].map(() => project.startEngine());
    const pid = await project.enginePid();
    const losers = engines.filter(({ child }) => child.pid !== pid);
    expect(losers).toHaveLength(3);
    for (const loser of losers) {
      expect(await loser.ended).toBe(EXIT.locked);
      const { error } = JSON.parse(loser.stderr()) as { error: { code: string; message: string } };
      expect(error.code).toBe("busy");
    }
    const client = await project.connect({ start: "never" });
    expect((await client.request("health", {})).engine.pid).toBe(pid);
    await project.dispose();
  }
});

test("clients that all come first meet in one engine", async () => {
  const project = testProject();
  const clients = await Promise.all([1, 2, 3, 4].map(() => project.connect()));
  const pids = await Promise.all(
    clients.map(async (client) => (await client.request("health", {})).engine.pid),
  );
  expect(new Set(pids).size).toBe(1);
});

test("after SIGKILL the next engine takes over the stale socket and handshake, with the same port and token", async () => {
  const project = testProject();
  const first = await project.connect();
  const environment = await first.request("environment", {});
  await project.killEngine();
  expect(existsSync(project.paths.socket)).toBe(true);
  expect(existsSync(project.paths.engineFile)).toBe(true);

  const second = await project.connect();
  expect(await second.request("environment", {})).toEqual(environment);
});

const garbage = {
  empty: "",
  "cut in the middle": '{"pid": 12, "host": "',
  null: "null",
  "wrong types": '{"pid":"1","host":1,"socket":[],"port":{},"version":1,"protocol":"","token":1}',
  "a foreign socket": JSON.stringify({
    ...{ pid: process.pid, host: "elsewhere", socket: "/nowhere", port: 1, version: "1.0.0" },
    ...{ protocol: 1, token: "x", project: "/", startTime: 1 },
  }),
};

test.each(Object.entries(garbage))("engine.json that is garbage does no harm: %s", async (_name, text) => {
  const project = testProject();
  (await project.connect({ engineArguments: ["--idle-ms", "60000"] })).dispose();
  await project.killEngine();
  writeFileSync(project.paths.engineFile, text);
  const client = await project.connect();
  expect((await client.request("health", {})).project).toBe(project.paths.root);
});

test("an engine without clients ends by itself and leaves no handshake", async () => {
  const project = testProject();
  const client = await project.connect({ engineArguments: ["--idle-ms", "300"] });
  const health = await client.request("health", {});
  expect(health.engine.keptBy).toEqual(["1 client"]);
  expect(health.engine.idleEnd).toBeUndefined();
  client.dispose();
  await until(() => !isAlive(health.engine.pid), "the idle engine has ended");
  expect(existsSync(project.paths.engineFile)).toBe(false);
  expect(existsSync(project.paths.socket)).toBe(false);
});

test.each(["SIGTERM", "SIGINT"] as const)("%s ends it cleanly and tells the clients", async (signal) => {
  const project = testProject();
  const engine = project.startEngine();
  await project.enginePid();
  const client = await project.connect();
  const reasons: string[] = [];
  client.on("ending", ({ reason }) => reasons.push(reason));
  const closed = new Promise<void>((resolve) => client.onClose(resolve));
  engine.child.kill(signal);
  await closed;
  expect(await engine.ended).toBe(EXIT.done);
  expect(reasons).toEqual([signal]);
  expect(existsSync(`${project.paths.lock}.json`)).toBe(false);
});

test("wrong arguments are told", async () => {
  const project = testProject();
  const engine = project.startEngine("--idle-ms", "soon");
  expect(await engine.ended).toBe(EXIT.failed);
  expect(engine.stderr()).toContain("soon");
});
