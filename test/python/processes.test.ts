import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { z } from "zod";
import { until } from "../engine/projects.ts";
import { type EngineServer, startEngine } from "./engineServer.ts";
import { runScript } from "./runScript.ts";
import { historyOf, type RecordedRun, runsOf } from "./trackingServer.ts";

let engine: EngineServer;
beforeAll(async () => {
  engine = await startEngine();
}, 90_000);
afterAll(() => engine.stop());

/** Runs a script in the project, as in a tracked terminal, and gives its experiment's runs once all of it is stored. */
async function track(experiment: string, source: string, options: Parameters<typeof runScript>[2] = {}) {
  const script = `import cairn, os, signal, sys, time\ncairn.set_experiment("${experiment}")\n${source}`;
  const result = await runScript(script, engine.env, { cwd: engine.folder, ...options });
  await until(() => engine.spool().length === 0, `the spool is empty: ${engine.spool().join(" ")}`, 20_000);
  return { ...result, runs: await runsOf(engine, experiment) };
}

const valuesOf = async (run: RecordedRun | undefined, metric: string) =>
  (await historyOf(engine, run?.info.run_id ?? "", metric)).map(({ value }) => value);

const upTo = (count: number) => Array.from({ length: count }, (_, n) => n);

describe("SIGTERM", () => {
  test("ends the run as killed where the script does not care, and the script as it would", async () => {
    const script = `with cairn.start_run():
    cairn.log_metric("m", 1)
    print("ready")
    time.sleep(60)`;
    const { code, signal, stderr, runs } = await track("terminated", script, { signal: "SIGTERM" });
    expect({ code, signal, stderr }).toEqual({ code: null, signal: "SIGTERM", stderr: "" });
    expect(runs.map(({ info }) => info.status)).toEqual(["KILLED"]);
    expect(await valuesOf(runs[0], "m")).toEqual([1]);
  });

  test.each(["before", "after"])(
    "is the script's own affair where it set a handler %s the run began",
    async (when) => {
      const handler = "signal.signal(signal.SIGTERM, lambda *_: (print('mine'), sys.exit(7)))";
      const script = `${when === "before" ? handler : ""}
with cairn.start_run():
    cairn.log_metric("m", 1)
    ${when === "after" ? handler : ""}
    print("ready")
    time.sleep(60)`;
      const { code, stdout, stderr, runs } = await track(`own handler ${when}`, script, {
        signal: "SIGTERM",
      });
      expect({ code, stdout, stderr }).toEqual({ code: 7, stdout: "ready\nmine\n", stderr: "" });
      expect(runs.map(({ info }) => info.status)).toEqual(["FAILED"]);
    },
  );
});

describe.skipIf(process.platform === "win32")("a child process logs to its parent's run", () => {
  test("after os.fork, however it ends", async () => {
    const script = `with cairn.start_run():
    cairn.log_metric("parent", 0)
    for how in ("os._exit", "sys.exit", "raise", "kill"):
        pid = os.fork()
        if pid == 0:
            sys.stderr = open(os.devnull, "w")
            for n in range(100):
                cairn.log_metric(how, n)
            cairn.log_text(how, how + ".txt")
            if how == "os._exit": os._exit(0)
            if how == "sys.exit": sys.exit(0)
            if how == "raise": raise ValueError("child")
            os.kill(os.getpid(), signal.SIGKILL)
        os.waitpid(pid, 0)
    cairn.log_metric("parent", 1)`;
    const { code, stderr, runs } = await track("fork", script);
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(runs.map(({ info }) => info.status)).toEqual(["FINISHED"]);
    for (const how of ["os._exit", "sys.exit", "raise", "kill"])
      expect(await valuesOf(runs[0], how), how).toEqual(upTo(100));
    expect(await valuesOf(runs[0], "parent")).toEqual([0, 1]);
    const answer = await engine.api(`mlflow/artifacts/list?run_id=${runs[0]?.info.run_id ?? ""}`);
    const { files } = z.object({ files: z.array(z.object({ path: z.string() })) }).parse(answer);
    expect(files.map((file) => file.path)).toEqual(["kill.txt", "os._exit.txt", "raise.txt", "sys.exit.txt"]);
  });

  test.each(["fork", "spawn", "forkserver"])("started by multiprocessing's %s", async (method) => {
    // Children that are spawned read the script from its file.
    const script = `source = '''
import multiprocessing, cairn
def work(rank):
    for n in range(200):
        cairn.log_metric("rank %d" % rank, n)
if __name__ == "__main__":
    cairn.set_experiment("mp ${method}")
    with cairn.start_run():
        context = multiprocessing.get_context("${method}")
        workers = [context.Process(target=work, args=(rank,)) for rank in range(3)]
        [worker.start() for worker in workers]
        [worker.join() for worker in workers]
        assert not any(worker.exitcode for worker in workers)
'''
open("main_${method}.py", "w").write(source)
import runpy
sys.argv = ["main_${method}.py"]
os.execv(sys.executable, [sys.executable, "main_${method}.py"])`;
    const { code, stderr, runs } = await track(`mp ${method}`, script);
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(runs.map(({ info }) => info.status)).toEqual(["FINISHED"]);
    for (const rank of upTo(3)) expect(await valuesOf(runs[0], `rank ${rank}`)).toEqual(upTo(200));
  });

  test("and loses nothing where the server is no project's of ours", async () => {
    const script = `import cairn, multiprocessing
cairn.set_experiment("elsewhere")
def work(rank):
    for n in range(200):
        cairn.log_metric("rank %d" % rank, n)
with cairn.start_run():
    cairn.flush()
    workers = [multiprocessing.get_context("fork").Process(target=work, args=(rank,)) for rank in range(3)]
    [worker.start() for worker in workers]
    [worker.join() for worker in workers]`;
    const { code, stderr } = await runScript(script, engine.env, { cwd: "/" });
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    const runs = await runsOf(engine, "elsewhere");
    expect(runs.map(({ info }) => info.status)).toEqual(["FINISHED"]);
    for (const rank of upTo(3)) expect(await valuesOf(runs[0], `rank ${rank}`)).toEqual(upTo(200));
  });
});

test("eight processes log to the run that was handed down to them", async () => {
  const made = await engine.api("mlflow/runs/create", { experiment_id: "0", run_name: "eight" });
  const { run_id } = z.object({ run: z.object({ info: z.object({ run_id: z.string() }) }) }).parse(made)
    .run.info;
  const script = `import cairn, sys
with cairn.start_run():
    for n in range(500):
        cairn.log_metrics({"rank " + sys.argv[1]: n, "shared": n}, step=n)`;
  const results = await Promise.all(
    upTo(8).map((rank) =>
      runScript(
        script,
        { ...engine.env, CAIRN_RUN_ID: run_id },
        { cwd: engine.folder, args: [String(rank)] },
      ),
    ),
  );
  for (const { code, stderr } of results) expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  await until(() => engine.spool().length === 0, "the spool is empty");
  for (const rank of upTo(8))
    expect((await historyOf(engine, run_id, `rank ${rank}`)).map(({ value }) => value)).toEqual(upTo(500));
  const shared = await historyOf(engine, run_id, "shared");
  expect(new Set(shared.map(({ step }) => step)).size).toBe(500);
}, 60_000);
