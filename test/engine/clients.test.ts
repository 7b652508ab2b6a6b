import net from "node:net";
import { createMessageConnection, SocketMessageReader, SocketMessageWriter } from "vscode-jsonrpc/node";
import { expect, test } from "vitest";
import { withEngine } from "../../src/engine/withEngine.ts";
import { openConnection } from "../../src/engine/client/connection.ts";
import type { EngineFile } from "../../src/engine/client/handshake.ts";
import { PROTOCOL_VERSION } from "../../src/shared/protocol.ts";
import { silentLogger } from "./silentLogger.ts";
import { testProject, type TestProject, until } from "./projects.ts";

const introduction = { kind: "test", version: "1.0.0", protocol: PROTOCOL_VERSION } as const;

function handshake(project: TestProject): EngineFile {
  const file = project.engineFile;
  if (!file) throw new Error("no engine.json");
  return file;
}

test("two windows and a command share one engine and hear of each other's changes", async () => {
  const project = testProject();
  const [one, two] = [await project.connect(), await project.connect()];
  const heard: string[] = [];
  one.on("changed", ({ experiments }) => experiments && heard.push("one"));
  two.on("changed", ({ experiments }) => experiments && heard.push("two"));
  const pid = await withEngine(
    { project: project.folder, kind: "cli", logger: silentLogger },
    async (client) => {
      await client.request("experimentCreate", { name: "shared" });
      return (await client.request("health", {})).engine.pid;
    },
  );
  expect(pid).toBe(await project.enginePid());
  await until(() => heard.includes("one") && heard.includes("two"), "both windows were told");
  const { experiments } = await two.request("experiments", { view: "ACTIVE_ONLY" });
  expect(experiments.map(({ name }) => name)).toContain("shared");
});

test("a command without an engine works in its own process and leaves none", async () => {
  const project = testProject();
  const options = { project: project.folder, kind: "cli", logger: silentLogger } as const;
  const pid = await withEngine(options, async (client) => (await client.request("health", {})).engine.pid);
  expect(pid).toBe(process.pid);
  expect(project.engineFile).toBeUndefined();
  const client = await project.connect();
  expect((await client.request("health", {})).engine.pid).not.toBe(process.pid);
});

test("a client waits for the command that holds the project", async () => {
  const project = testProject();
  const options = { project: project.folder, kind: "cli", logger: silentLogger } as const;
  const client = await withEngine(options, async () => {
    const connecting = project.connect();
    const early = await Promise.race([connecting, new Promise((resolve) => setTimeout(resolve, 600))]);
    expect(early).toBeUndefined();
    return { connecting };
  });
  expect((await client.connecting).engine.project).toBe(project.paths.root);
});

test("a wrong token is refused", async () => {
  const project = testProject();
  await project.connect();
  const file = { ...handshake(project), token: "0".repeat(64) };
  await expect(openConnection(file, introduction, 5000)).rejects.toMatchObject({ code: "refused" });
});

test("nothing is answered before hello", async () => {
  const project = testProject();
  await project.connect();
  const socket = net.connect(handshake(project).socket);
  const rpc = createMessageConnection(new SocketMessageReader(socket), new SocketMessageWriter(socket));
  rpc.listen();
  await expect(rpc.sendRequest("health", {})).rejects.toMatchObject({ data: { code: "refused" } });
  rpc.dispose();
  socket.destroy();
});

test("what is no message ends only the connection it came over", async () => {
  const project = testProject();
  const client = await project.connect();
  for (const text of [
    "Content-Length: nonsense\r\n\r\n",
    "Content-Length: 4\r\n\r\n{{{{",
    "\0\0\0\0\r\n\r\n",
  ]) {
    const socket = net.connect(handshake(project).socket);
    const closed = new Promise((resolve) => socket.once("close", resolve));
    socket.on("error", () => undefined);
    socket.write(text);
    socket.end();
    await closed;
  }
  expect((await client.request("health", {})).project).toBe(project.paths.root);
});

test("parameters that break the contract and unknown requests are refused with a sentence", async () => {
  const project = testProject();
  const client = await project.connect();
  await expect(client.request("experimentCreate", { name: "" })).rejects.toMatchObject({ code: "invalid" });
  await expect(client.request("constructor" as "health", {})).rejects.toMatchObject({
    code: "invalid",
    message: "No request is called constructor.",
  });
  await expect(client.request("run", { runId: "missing" })).rejects.toMatchObject({ code: "notFound" });
});

test("a request that is given up is cancelled", async () => {
  const project = testProject();
  const client = await project.connect();
  const abort = new AbortController();
  const asked = client.request("jobWait", { jobId: "none" }, { signal: abort.signal });
  await expect(asked).rejects.toMatchObject({ code: "notFound" });
  abort.abort();
  await expect(client.request("health", {}, { signal: abort.signal })).rejects.toThrow();
});

test("requests under way fail when the engine dies", async () => {
  const project = testProject();
  const client = await project.connect();
  const { jobId } = await client.request("jobStart", { kind: "diskUse", params: {} });
  const pid = await project.enginePid();
  process.kill(pid, "SIGSTOP");
  const waiting = client.request("jobWait", { jobId });
  process.kill(pid, "SIGKILL");
  await expect(waiting).rejects.toMatchObject({ code: "unavailable" });
});
