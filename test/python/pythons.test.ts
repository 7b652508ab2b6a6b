import { execFileSync } from "node:child_process";
import { globSync } from "node:fs";
import { homedir } from "node:os";
import { afterAll, beforeAll, expect, test } from "vitest";
import { until } from "../engine/projects.ts";
import { type EngineServer, startEngine } from "./engineServer.ts";
import { runScript } from "./runScript.ts";
import { historyOf, runsOf } from "./trackingServer.ts";

const versions = [8, 9, 10, 11, 12, 13, 14].map((minor) => `3.${minor}`);

/** Every Python of this machine that cairn.py is for, one of each version. */
const pythons = new Map<string, string>();
for (const python of [
  "python3",
  ...versions.map((version) => `python${version}`),
  ...globSync(`${process.env.PYENV_ROOT ?? `${homedir()}/.pyenv`}/versions/*/bin/python3`),
]) {
  const version = versionOf(python);
  if (versions.includes(version) && !pythons.has(version)) pythons.set(version, python);
}

function versionOf(python: string): string {
  try {
    const code = "import sys; print('%d.%d' % sys.version_info[:2])";
    return execFileSync(python, ["-c", code], {
      encoding: "utf8",
      stdio: ["ignore", "pipe", "ignore"],
    }).trim();
  } catch {
    return "";
  }
}

let engine: EngineServer;
beforeAll(async () => {
  engine = await startEngine();
}, 90_000);
afterAll(() => engine.stop());

test.each([...pythons])("works on Python %s", async (version, python) => {
  const script = `import cairn, os, sys, threading
cairn.set_experiment("${version}")
def others():
    for n in range(100):
        cairn.log_metric("thread", n)
with cairn.start_run(tags={"python": sys.version}):
    thread = threading.Thread(target=others)
    thread.start()
    cairn.log_params({"lr": 0.1})
    for n in range(100):
        cairn.log_metrics({"a": n, "b": float("nan")}, step=n)
    cairn.log_text("text", "a/b.txt")
    cairn.log_table({"a": [1]}, "t.json")
    thread.join()
    pid = os.fork()
    if pid == 0:
        cairn.log_metric("child", 1)
        os._exit(0)
    os.waitpid(pid, 0)`;
  const result = await runScript(script, engine.env, { python, cwd: engine.folder });
  // From 3.12 on, Python itself warns of forks beside threads.
  expect(result).toMatchObject({ code: 0, stderr: expect.not.stringContaining("cairn:") as string });
  await until(() => engine.spool().length === 0, "the spool is empty");
  const [run] = await runsOf(engine, version);
  expect(run?.info.status).toBe("FINISHED");
  for (const [metric, count] of Object.entries({ a: 100, b: 100, thread: 100, child: 1 }))
    expect(await historyOf(engine, run?.info.run_id ?? "", metric), metric).toHaveLength(count);
});
