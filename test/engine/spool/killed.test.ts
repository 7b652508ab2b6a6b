import { type ChildProcess, spawn } from "node:child_process";
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import { canRename } from "../canRename.ts";
import type { EngineClient } from "../../../src/engine/client/index.ts";
import { toErrorShape } from "../../../src/shared/errors.ts";
import { unpackPoints } from "../../../src/shared/points.ts";
import { root } from "../../host/paths.ts";
import { testProject, type TestProject, until } from "../projects.ts";

const KILLS = Number(process.env.CAIRN_KILLS ?? 3);
const script = path.join(import.meta.dirname, "logging.py");

/** A training script that is running; `logged` is how many points it was told are recorded. */
interface Training {
  child: ChildProcess;
  runId: () => string;
  logged: () => number;
  ended: Promise<number | string>;
  errors: () => string;
}

function train(project: TestProject, env: Record<string, string>, before: string[] = []): Training {
  const inherited = Object.entries(process.env).filter(([name]) => !/^(MLFLOW|CAIRN)_/.test(name));
  const [command = "python3", ...args] = [...before, "python3", script];
  const child = spawn(command, args, {
    cwd: project.folder,
    env: { ...Object.fromEntries(inherited), PYTHONPATH: path.join(root, "media", "python"), ...env },
  });
  onTestFinished(() => {
    child.kill("SIGKILL");
  });
  let output = "";
  let errors = "";
  child.stdout.on("data", (chunk: Buffer) => (output += chunk.toString()));
  child.stderr.on("data", (chunk: Buffer) => (errors += chunk.toString()));
  const ended = new Promise<number | string>((resolve) => {
    child.once("close", (code, signal) => {
      resolve(code ?? signal ?? "");
    });
  });
  return {
    child,
    ended,
    errors: () => errors,
    runId: () => /^run (\S+)/m.exec(output)?.[1] ?? "",
    logged: () => Number(/.*(?:logged|ended) (\d+)\n/s.exec(output)?.[1] ?? 0),
  };
}

const more = (training: Training, count: number) => {
  const target = training.logged() + count;
  return until(() => training.logged() >= target, `${count} more points are logged`, 30_000);
};

async function trackingEnv(client: EngineClient): Promise<Record<string, string>> {
  return client.request("environment", {});
}

/** The run's points, each step once, the first `atLeast` of them all there. */
async function expectPoints(client: EngineClient, runId: string, atLeast: number): Promise<void> {
  const steps = await until(
    async () => {
      const query = { runIds: [runId], keys: ["n"], maxPoints: 100_000 };
      const found = await client.request("series", query).catch(unlessUnknown);
      const numbers = [...unpackPoints(found?.series[0]?.data ?? "")].filter((_, i) => i % 3 === 0);
      return numbers.length >= atLeast ? numbers : undefined;
    },
    `all ${atLeast} points are stored`,
    30_000,
  );
  expect(steps).toEqual(Array.from(steps, (_, i) => i));
}

/** For a run that is not yet taken in. */
function unlessUnknown(error: unknown): undefined {
  if (toErrorShape(error).code !== "notFound") throw error;
}

async function statusOf(client: EngineClient, runId: string): Promise<string> {
  return (await client.request("run", { runId })).run.info.status;
}

const spoolOf = (project: TestProject): string[] => {
  const folder = path.join(project.paths.data, "spool");
  return existsSync(folder) ? readdirSync(folder) : [];
};

async function kill({ child, ended }: Training): Promise<void> {
  child.kill("SIGKILL");
  await ended;
}

describe("nothing that was logged is lost", () => {
  test("when the trainer is killed", { timeout: 120_000 }, async () => {
    const project = testProject();
    const client = await project.connect();
    for (let i = 0; i < KILLS; i++) {
      const training = train(project, await trackingEnv(client));
      await more(training, 200 + 37 * i);
      await kill(training);
      await expectPoints(client, training.runId(), training.logged());
      await until(async () => (await statusOf(client, training.runId())) === "FAILED", "it has failed");
    }
    await until(() => spoolOf(project).length === 0, "the spool is empty");
  });

  test("when the engine is killed, and the trainer goes on", { timeout: 120_000 }, async () => {
    const project = testProject();
    const training = train(project, await trackingEnv(await project.connect()));
    for (let i = 0; i < KILLS; i++) {
      await more(training, 200);
      await project.killEngine();
      await more(training, 300);
      await project.connect();
    }
    writeFileSync(path.join(project.folder, "stop"), "");
    expect(await training.ended).toBe(0);
    const client = await project.connect();
    await expectPoints(client, training.runId(), training.logged());
    await until(async () => (await statusOf(client, training.runId())) === "FINISHED", "its end is recorded");
    await until(() => spoolOf(project).length === 0, "the spool is empty");
  });

  test("when both are killed at once", { timeout: 120_000 }, async () => {
    const project = testProject();
    for (let i = 0; i < KILLS; i++) {
      const client = await project.connect();
      const training = train(project, await trackingEnv(client));
      await more(training, 100 + 61 * i);
      const gone = kill(training);
      await project.killEngine();
      await gone;
      const next = await project.connect();
      await expectPoints(next, training.runId(), training.logged());
      expect(await statusOf(next, training.runId())).toBe("FAILED");
    }
    expect(spoolOf(project)).toEqual([]);
  });

  test("when both are killed in a launched run", { timeout: 120_000 }, async () => {
    const project = testProject();
    const client = await project.connect();
    const { runId } = await client.request("runStart", { command: ["python3", script], cwd: project.folder });
    const printed = async (): Promise<string> =>
      (await client.request("console", { runId, start: 0, maxBytes: 1 << 20 })).text;
    await until(async () => (await printed()).includes("logged 300"), "points are logged", 30_000);
    const started = readFileSync(path.join(project.paths.launches, runId, "started.json"), "utf8");
    const { command, runner } = JSON.parse(started) as Record<"command" | "runner", { pid: number }>;
    await project.killEngine();
    for (const { pid } of [runner, command]) process.kill(pid, "SIGKILL");
    const next = await project.connect();
    await until(async () => (await statusOf(next, runId)) === "FAILED", "it has failed");
    await expectPoints(next, runId, 300);
  });

  test("when no engine runs from beginning to end", { timeout: 60_000 }, async () => {
    const project = testProject();
    await project.connect();
    await project.killEngine();
    writeFileSync(path.join(project.folder, "stop"), "");
    const training = train(project, {});
    expect(await training.ended).toBe(0);
    expect(training.errors()).toBe("");
    expect(spoolOf(project)).toContain(`${training.runId()}.jsonl`);
    const client = await project.connect();
    expect(await statusOf(client, training.runId())).toBe("FINISHED");
    const { files } = await client.request("artifacts", { runId: training.runId(), path: "" });
    expect(files.map((file) => file.path)).toEqual(["note.txt", "texts"]);
    expect(spoolOf(project)).toEqual([]);
  });
});

test.skipIf(!canRename())(
  "a second host's lines come to the owner of the project",
  { timeout: 60_000 },
  async () => {
    const project = testProject();
    const owner = await project.connect();
    const away = ["unshare", "--uts", "sh", "-c", 'hostname elsewhere && exec "$0" "$@"'];
    const training = train(project, {}, away);
    await more(training, 200);
    // While it runs, over there.
    const known = () => statusOf(owner, training.runId()).catch(() => undefined);
    await until(known, "the run is known here");
    await expectPoints(owner, training.runId(), 100);
    expect(await statusOf(owner, training.runId())).toBe("RUNNING");
    writeFileSync(path.join(project.folder, "stop"), "");
    expect(await training.ended).toBe(0);
    await expectPoints(owner, training.runId(), training.logged());
    await until(async () => (await statusOf(owner, training.runId())) === "FINISHED", "its end is recorded");
    await until(() => spoolOf(project).length === 0, "the spool is empty");
  },
);
