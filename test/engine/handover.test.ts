import { readdirSync, readFileSync, statSync } from "node:fs";
import path from "node:path";
import { expect, test } from "vitest";
import { testProject, until } from "./projects.ts";

const as = (version: string, protocol = 1) => ({
  version,
  protocol,
  engineArguments: ["--version", version, "--protocol", String(protocol)],
});

test("a newer client has the older engine hand over, with port and token", async () => {
  const project = testProject();
  const old = await project.connect(as("1.2.3"));
  const environment = await old.request("environment", {});
  const ending = new Promise<string>((resolve) => old.on("ending", ({ reason }) => resolve(reason)));
  const newer = await project.connect(as("1.10.0"));
  expect(newer.engine.version).toBe("1.10.0");
  expect(await ending).toContain("1.10.0");
  expect(await newer.request("environment", {})).toEqual(environment);
});

test("an older client uses a newer engine of the same protocol", async () => {
  const project = testProject();
  const newer = await project.connect(as("2.0.0"));
  const older = await project.connect(as("1.9.9"));
  expect(older.engine.version).toBe("2.0.0");
  const pid = async (client: typeof older) => (await client.request("health", {})).engine.pid;
  expect(await pid(older)).toBe(await pid(newer));
});

test("an older client that speaks another protocol is told to update", async () => {
  const project = testProject();
  await project.connect(as("2.0.0", 2));
  await expect(project.connect(as("1.0.0", 1))).rejects.toMatchObject({
    code: "tooNew",
    hint: expect.stringContaining("Update") as string,
  });
});

test("a newer protocol replaces the engine, and the old client hears why", async () => {
  const project = testProject();
  const old = await project.connect(as("1.0.0", 1));
  const closed = new Promise<void>((resolve) => old.onClose(resolve));
  const newer = await project.connect(as("1.0.0", 2));
  expect(newer.engine.protocol).toBe(2);
  await closed;
});

test("start: always replaces an engine of the same version", async () => {
  const project = testProject();
  const first = await project.connect();
  const { pid } = (await first.request("health", {})).engine;
  const second = await project.connect({ start: "always" });
  expect((await second.request("health", {})).engine.pid).not.toBe(pid);
});

const linux = test.skipIf(process.platform !== "linux");

/** The only worker of an engine. */
function workerOf(engine: number): number | undefined {
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .find((pid) => {
      try {
        return Number(/^.*\) \S (\d+)/s.exec(readFileSync(`/proc/${pid}/stat`, "utf8"))?.[1]) === engine;
      } catch {
        return false;
      }
    });
}

linux("a job that runs is finished before the engine hands over", async () => {
  const project = testProject();
  const old = await project.connect(as("1.2.3"));
  const begin = await old.request("jobStart", { kind: "diskUse", params: {} });
  await old.request("jobWait", { jobId: begin.jobId });
  const worker = await until(() => workerOf(project.engineFile?.pid ?? 0), "there is a worker");
  // Stopped, it takes the job and does nothing; the engine cannot tell that from work.
  process.kill(worker, "SIGSTOP");
  const file = path.join(project.folder, "copy.db");
  const { jobId } = await old.request("jobStart", { kind: "backup", params: { file } });
  const done = old.request("jobWait", { jobId });
  const ending = new Promise<void>((resolve) => old.on("ending", () => resolve()));
  const newer = project.connect(as("1.10.0"));
  await ending;
  process.kill(worker, "SIGCONT");
  expect(await done).toMatchObject({ job: { state: "done" }, output: { file, bytes: statSync(file).size } });
  expect((await newer).engine.version).toBe("1.10.0");
});

test("requests under way are answered before the engine hands over", async () => {
  const project = testProject();
  const client = await project.connect();
  const answers = Promise.all(
    Array.from({ length: 50 }, (_, i) => client.request("experimentCreate", { name: `e${i}` })),
  );
  const drained = client.request("drain", { reason: "test" });
  const [created, rest] = await Promise.all([answers, drained]);
  expect(created).toHaveLength(50);
  expect(rest).toEqual({ runs: 0 });
  const next = await project.connect();
  const { experiments } = await next.request("experiments", { view: "ALL" });
  expect(experiments.filter(({ name }) => name.startsWith("e"))).toHaveLength(50);
});
