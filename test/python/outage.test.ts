import { EventEmitter, once } from "node:events";
import { afterEach, beforeEach, expect, test } from "vitest";
import { type EngineServer, startEngine } from "./engineServer.ts";
import { runScript } from "./runScript.ts";
import { historyOf, runsOf } from "./trackingServer.ts";

/** Logs one point each 10 ms until told on stdin that it is enough, then says how many and how long the longest call took. */
const script = `
import cairn, select, sys, time
cairn.set_experiment("outage")
longest, n = 0.0, 0
with cairn.start_run():
    while not select.select([sys.stdin], [], [], 0.01)[0]:
        before = time.perf_counter()
        cairn.log_metric("m", n)
        longest = max(longest, time.perf_counter() - before)
        n += 1
        if n % 50 == 0:
            print("logged", n)
print("delivered", cairn.flush(60), n, "longest", longest)
`;

/** Runs the script while `play` ends and starts the engine; every point must be there once, in order. */
async function survive(
  engine: EngineServer,
  play: (logged: (more: number) => Promise<void>) => Promise<void>,
): Promise<void> {
  const output = new EventEmitter();
  let count = 0;
  const stop = new AbortController();
  const ended = runScript(script, engine.env, {
    endInput: stop.signal,
    onOutput: (text) => {
      count = 50 * (text.split("logged").length - 1);
      output.emit("more");
    },
  });
  const logged = async (more: number) => {
    for (const target = count + more; count < target;) await once(output, "more");
  };
  await play(logged).finally(() => stop.abort());
  const { code, stdout, stderr } = await ended;
  expect(code).toBe(0);
  expect(stderr).toMatch(/^cairn: no answer from the tracking server, still trying: .+\n$/);
  const [, total, longest] = /delivered True (\d+) longest ([\d.e-]+)/.exec(stdout) ?? [];
  expect(Number(longest)).toBeLessThan(1);
  const [run] = await runsOf(engine, "outage");
  expect(run?.info.status).toBe("FINISHED");
  const points = await historyOf(engine, run?.info.run_id ?? "", "m");
  expect(points.length).toBeGreaterThan(100);
  expect(points.map(({ value }) => value)).toEqual(Array.from({ length: Number(total) }, (_, n) => n));
}

let engine: EngineServer;
beforeEach(async () => {
  engine = await startEngine();
}, 90_000);
afterEach(() => engine.stop());

test("a server that comes up after the training has started gets everything", async () => {
  await engine.kill();
  await survive(engine, async (logged) => {
    await logged(100);
    await engine.restart();
  });
}, 120_000);

test("a server that is killed and started again misses nothing", async () => {
  await survive(engine, async (logged) => {
    await logged(200);
    await engine.kill();
    await logged(100);
    await engine.restart();
    await logged(50);
  });
}, 120_000);
