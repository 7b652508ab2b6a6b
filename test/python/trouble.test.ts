import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, onTestFinished, test } from "vitest";
import { canMount } from "../engine/canMount.ts";
import { until } from "../engine/projects.ts";
import { type EngineServer, startEngine } from "./engineServer.ts";
import { runScript } from "./runScript.ts";
import { historyOf, runsOf, type TrackingServer } from "./trackingServer.ts";

let engine: EngineServer;
beforeEach(async () => {
  engine = await startEngine();
}, 90_000);
afterEach(() => engine.stop());

const upTo = (count: number) => Array.from({ length: count }, (_, n) => n);

async function pointsOf(server: TrackingServer, experiment: string, metric: string) {
  const [run] = await runsOf(server, experiment);
  return historyOf(server, run?.info.run_id ?? "", metric);
}

const emptied = () => until(() => engine.spool().length === 0, "the spool is empty", 60_000);

test("without an engine the log stays in the project, and the next engine takes it in", async () => {
  const { MLFLOW_TRACKING_URI, ...rest } = engine.env;
  await engine.kill();
  const script = (name: string) => `import cairn
cairn.set_experiment("${name}")
with cairn.start_run(run_name="outer", tags={"a": "b"}) as run:
    cairn.log_params({"lr": 0.1, "äöü": "☃"})
    for n in range(500):
        cairn.log_metric("m", n)
    cairn.log_metric("m", float("nan"))
    with cairn.start_run(run_name="inner", nested=True):
        cairn.log_metric("deep", 1)
    cairn.log_text("hello", "notes/hello.txt")
    print(run.run_id)`;
  const away = await runScript(script("away"), {}, { cwd: engine.folder });
  expect(away).toMatchObject({ code: 0, stderr: "" });
  const gone = await runScript(
    script("gone"),
    { ...rest, MLFLOW_TRACKING_URI: MLFLOW_TRACKING_URI ?? "" },
    { cwd: engine.folder },
  );
  expect(gone).toMatchObject({ code: 0, stderr: "" });
  expect(engine.spool()).toContain(`${away.stdout.trim()}.jsonl`);
  await engine.restart();
  await emptied();
  for (const [name, { stdout }] of Object.entries({ away, gone })) {
    const runs = await runsOf(engine, name);
    const outer = runs.find(({ info }) => info.run_name === "outer");
    const inner = runs.find(({ info }) => info.run_name === "inner");
    expect(runs).toHaveLength(2);
    expect(outer?.info).toMatchObject({ run_id: stdout.trim(), status: "FINISHED" });
    expect(outer?.data.params.map(({ key, value }) => [key, value]).sort()).toEqual([["lr", "0.1"], ["äöü", "☃"]]); // prettier-ignore
    expect(outer?.data.tags).toContainEqual({ key: "a", value: "b" });
    expect(inner?.data.tags).toContainEqual({ key: "mlflow.parentRunId", value: stdout.trim() });
    const points = await historyOf(engine, outer?.info.run_id ?? "", "m");
    expect(points.map(({ value }) => value)).toEqual([...upTo(500), "NaN"]);
    const uri = outer?.info.artifact_uri.replace(/^mlflow-artifacts:\/*/, "") ?? "";
    expect(await engine.api(`mlflow-artifacts/artifacts/${uri}/notes/hello.txt`)).toBe("hello");
  }
}, 90_000);

const longLine = `cairn.log_param("p%d" % n, "x" * 5000)`;

describe.skipIf(process.platform === "win32")("a full disk", () => {
  test("is said once, keeps a megabyte until there is room, and never stops the training", async () => {
    const script = `import cairn, os, resource
cairn.set_experiment("full")
with cairn.start_run() as run:
    cairn.log_metric("m", 0)
    hard = resource.getrlimit(resource.RLIMIT_FSIZE)[1]
    resource.setrlimit(resource.RLIMIT_FSIZE, (40000, hard))
    for n in range(100):
        ${longLine}
    cairn.log_text("y" * 100000, "long.txt")
    resource.setrlimit(resource.RLIMIT_FSIZE, (hard, hard))
    import time; time.sleep(0.2)
    cairn.log_metric("m", 1)`;
    const { code, stderr } = await runScript(script, engine.env, { cwd: engine.folder });
    expect(code).toBe(0);
    expect(stderr).toMatch(
      /^cairn: the log cannot be written now, and may lose values: .*\ncairn: log_text failed: .*\n$/,
    );
    await emptied();
    const [run] = await runsOf(engine, "full");
    expect(run?.info.status).toBe("FINISHED");
    expect(run?.data.params).toHaveLength(100);
    expect((await pointsOf(engine, "full", "m")).map(({ value }) => value)).toEqual([0, 1]);
  });

  test.skipIf(!canMount())("of a megabyte: what is on it is whole, the run ends", async () => {
    await engine.kill();
    const folder = mkdtempSync(join(tmpdir(), "cairn-full-"));
    execFileSync("mount", ["-t", "tmpfs", "-o", "size=1m", "tmpfs", folder]);
    onTestFinished(() => {
      execFileSync("umount", ["-l", folder]);
      rmSync(folder, { recursive: true });
    });
    const script = `import cairn, os
os.mkdir(".cairn"); open(".cairn/cairn.db", "w").close()
cairn.set_experiment("small")
with cairn.start_run() as run:
    for n in range(1000):
        ${longLine}
print(run.run_id)`;
    const { code, stdout, stderr } = await runScript(script, {}, { cwd: folder });
    expect({ code, stderr }).toEqual({
      code: 0,
      stderr: "cairn: the log cannot be written now, and may lose values: " + stderr.split("values: ").at(-1),
    });
    const text = readFileSync(join(folder, ".cairn", "spool", `${stdout.trim()}.jsonl`), "utf8");
    const lines = text.split("\n");
    const last = lines.pop() ?? "";
    for (const line of lines) JSON.parse(line);
    expect(lines.length + (last === "" ? 0 : 1)).toBeGreaterThan(100);
  });
});

test("a clock that is set back breaks no order, and no run ends before it began", async () => {
  const script = `import cairn, time
real = time.time
cairn.set_experiment("clock")
with cairn.start_run():
    for n in range(100):
        time.time = (lambda n: lambda: real() - 3600 * n)(n)
        cairn.log_metric("m", n)
    time.time = lambda: -5
    cairn.log_metric("m", 100)`;
  expect(await runScript(script, engine.env, { cwd: engine.folder })).toMatchObject({ code: 0, stderr: "" });
  await emptied();
  const points = (await pointsOf(engine, "clock", "m")).sort((a, b) => a.step - b.step);
  expect(points.map(({ value }) => value)).toEqual(upTo(101));
  const answer = await engine.api("mlflow/runs/search", { experiment_ids: ["1"] });
  const { start_time, end_time } = (answer as { runs: { info: { start_time: number; end_time: number } }[] })
    .runs[0]?.info ?? { start_time: 1, end_time: 0 };
  expect(Number(end_time)).toBeGreaterThanOrEqual(Number(start_time));
});

test("what nobody could record is said and left out, with all streams closed too", async () => {
  const script = `import cairn
class Bad:
    def __str__(self): raise RuntimeError("no words")
    __float__ = __repr__ = __str__
    __fspath__ = __str__
loop = []; loop.append(loop)
cairn.set_experiment("bad")
with cairn.start_run() as run:
    cairn.log_metrics({"good": 1, "bad": "x", "worse": None, "worst": Bad(), "huge": 10 ** 400})
    cairn.log_metric("good", 2, step="soon")
    cairn.log_metric([], 3); cairn.log_metric(Bad(), 3); cairn.log_metric("good", 3, timestamp="now")
    cairn.log_param([], 1); cairn.log_param(Bad(), 1); cairn.log_params({"p": Bad()}); cairn.log_params(7)
    cairn.set_tag({}, Bad()); cairn.set_tags(None); cairn.set_experiment(Bad())
    cairn.log_artifact(None); cairn.log_artifact(Bad()); cairn.log_artifacts("/nowhere"); cairn.log_model(3)
    cairn.log_text(5, "t.txt"); cairn.log_dict({(1, 2): loop}, "d.json"); cairn.log_dict(loop, "d.json")
    cairn.log_image("no image", "i.png"); cairn.log_image([1], "i.png"); cairn.log_figure(3, "f.png")
    cairn.log_table(5, "t.json"); cairn.log_table({"a": [1]}, "t.json"); cairn.log_table({"b": [1]}, "t.json")
    cairn.start_run(run_name=Bad(), nested=True, tags=[1], experiment_id=Bad()); cairn.end_run(Bad())
    cairn.start_run(run_id=Bad(), nested=True); cairn.end_run()
    cairn.log_metric("good", 4)
    cairn.log_metric("\\ud800 broken", 1)
    cairn.log_metric("new\\nline \\x00 \\u2028", 1)
    cairn.log_param("text", "\\ud800")
    try: raise Bad()
    except BaseException: pass
print("survived")`;
  for (const shut of ["", "import os, sys; os.close(0); os.close(2); sys.stderr = None\n"]) {
    const { code, stdout, stderr } = await runScript(shut + script, engine.env, { cwd: engine.folder });
    expect({ code, stdout }).toEqual({ code: 0, stdout: "survived\n" });
    if (shut === "") expect(stderr).toMatch(/^(cairn: .*\n)+$/);
  }
  await emptied();
  for (const run of (await runsOf(engine, "bad")).filter(({ data }) => data.metrics.length > 0)) {
    expect(run.info.status).toBe("FINISHED");
    expect((await historyOf(engine, run.info.run_id, "good")).map(({ value }) => value)).toEqual([1, 4]);
  }
}, 60_000);

test("a log call is one write of one line, nothing that waits for a disk, and little work", async () => {
  const script = `import cairn, os, statistics, threading, time
counts = {"write": 0, "bytes": 0, "waits": 0}
main, real, fsync = threading.main_thread(), os.write, os.fsync
def write(fd, data):
    if threading.current_thread() is main:
        counts["write"] += 1
        counts["bytes"] += len(data)
    return real(fd, data)
def waits(fd):
    if threading.current_thread() is main:
        counts["waits"] += 1
    return fsync(fd)
cairn.set_experiment("calls")
with cairn.start_run():
    cairn.log_metric("m", 0)
    os.write, os.fsync, spent = write, waits, []
    for n in range(1, 20001):
        begin = time.thread_time_ns()
        cairn.log_metric("m", n)
        spent.append(time.thread_time_ns() - begin)
    os.write, os.fsync = real, fsync
    print(counts["write"], counts["bytes"], counts["waits"], statistics.median(spent) / 1000)`;
  const { code, stdout, stderr } = await runScript(script, engine.env, { cwd: engine.folder });
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  const [writes = 0, bytes = 0, waits = 0, microseconds = 0] = stdout.trim().split(" ").map(Number);
  console.log(`${microseconds} µs of the processor in the median, ${bytes / writes} bytes a line`);
  expect({ writes, waits }).toEqual({ writes: 20_000, waits: 0 });
  expect(bytes / writes).toBeLessThan(200);
  // Of the thread's own processor time, which other processes do not take: a load harms it little.
  expect(microseconds).toBeLessThan(50);
}, 60_000);

test("a million points in one go arrive, each once, while memory stays as it is", async () => {
  const script = `import cairn, resource, time
cairn.set_experiment("million")
with cairn.start_run():
    cairn.log_metric("m", 0)
    cairn.flush()
    before, calls = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, []
    for n in range(1, 1000000):
        begin = time.perf_counter_ns()
        cairn.log_metric("m", n)
        calls.append(time.perf_counter_ns() - begin) if n % 10 == 0 else None
    calls.sort()
    print("p99", calls[len(calls) * 99 // 100] / 1000, "us")
    delivered = cairn.flush(120)
    print("delivered", delivered, "MB", (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024)`;
  const { code, stdout, stderr } = await runScript(script, engine.env, { cwd: engine.folder });
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  const [, megabytes] = /delivered True MB ([\d.]+)/.exec(stdout) ?? [];
  expect(Number(megabytes)).toBeLessThan(30);
  await emptied();
  const [run] = await runsOf(engine, "million");
  expect(run?.data.metrics).toMatchObject([{ key: "m", value: 999_999, step: 999_999 }]);
  const seen = new Set<number>();
  for (let token = ""; ;) {
    const query = `run_id=${run?.info.run_id}&metric_key=m&max_results=25000&page_token=${token}`;
    const page = (await engine.api(`mlflow/metrics/get-history?${query}`)) as {
      metrics: { step: number; value: number }[];
      next_page_token?: string;
    };
    for (const { value } of page.metrics) seen.add(value);
    token = encodeURIComponent(page.next_page_token ?? "");
    if (token === "") break;
  }
  expect(seen.size).toBe(1_000_000);
}, 240_000);

test("memory does not grow while the engine is away, and what waited is all there when it is back", async () => {
  await engine.kill();
  const script = `import cairn, resource
cairn.set_experiment("waiting")
with cairn.start_run():
    cairn.log_metric("m", 0)
    cairn.flush(0.5)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    for n in range(1, 200000):
        cairn.log_metrics({"m": n}, step=n)
    cairn.flush(0.5)
    print("MB", (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024)`;
  const { code, stdout } = await runScript(script, engine.env, { cwd: engine.folder });
  expect(code).toBe(0);
  expect(Number(/MB ([\d.-]+)/.exec(stdout)?.[1])).toBeLessThan(15);
  await engine.restart();
  await emptied();
  const [run] = await runsOf(engine, "waiting");
  expect(run?.info.status).toBe("FINISHED");
  expect(run?.data.metrics).toMatchObject([{ key: "m", value: 199_999, step: 199_999 }]);
}, 120_000);
