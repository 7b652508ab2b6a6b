import { once } from "node:events";
import { createServer, type Server } from "node:http";
import { expect, test } from "vitest";
import { z } from "zod";
import { runScript } from "./runScript.ts";

const item = z.object({ key: z.string(), value: z.unknown() });
const batchSchema = z.object({ metrics: z.array(item), params: z.array(item), tags: z.array(item) });

interface Recorder extends AsyncDisposable {
  url: string;
  server: Server;
  requests: { path: string; token: string | undefined; body: unknown }[];
  connections: number;
}

/** Answers like a tracking server that has one run, and keeps what was asked: what is looked at here is the wire. */
async function record(): Promise<Recorder> {
  const requests: Recorder["requests"] = [];
  const server = createServer((request, response) => {
    let text = "";
    request.on("data", (chunk: Buffer) => (text += chunk.toString()));
    request.on("end", () => {
      requests.push({
        path: request.url ?? "",
        token: request.headers.authorization,
        body: text === "" ? undefined : (JSON.parse(text) as unknown),
      });
      response.end(JSON.stringify({ run: { info: { run_id: "r1", experiment_id: "0", artifact_uri: "" } } }));
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("The server has no port.");
  const recorder = {
    server,
    url: `http://127.0.0.1:${address.port}`,
    requests,
    connections: 0,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
  server.on("connection", () => recorder.connections++);
  return recorder;
}

const batches = (recorder: Recorder) =>
  recorder.requests
    .filter(({ path }) => path.endsWith("/log-batch"))
    .map(({ body }) => batchSchema.parse(body));

test("values go out in order over one connection, in batches within MLflow's limits", async () => {
  await using recorder = await record();
  const script = `import cairn
with cairn.start_run():
    cairn.set_tags({"t%d" % n: "y" * 9000 for n in range(250)})
    for n in range(5000):
        cairn.log_metric("m", n)
        if n % 20 == 0:
            cairn.log_param("p%d" % n + "k" * 300, "x" * 7000)`;
  const env = { MLFLOW_TRACKING_URI: recorder.url, MLFLOW_TRACKING_TOKEN: "secret" };
  expect((await runScript(script, env)).code).toBe(0);
  const sent = batches(recorder);
  for (const { metrics, params, tags } of sent) {
    expect(Math.max(params.length, tags.length)).toBeLessThanOrEqual(100);
    expect(metrics.length + params.length + tags.length).toBeLessThanOrEqual(1000);
    for (const { key, value } of [...params, ...tags]) {
      expect(key.length).toBeLessThanOrEqual(250);
      expect(String(value).length).toBeLessThanOrEqual(6000);
    }
  }
  expect(sent.flatMap(({ metrics }) => metrics.map(({ value }) => value))).toEqual(
    Array.from({ length: 5000 }, (_, n) => n),
  );
  expect(sent.flatMap(({ params }) => params)).toHaveLength(250);
  expect(sent.flatMap(({ tags }) => tags)).toHaveLength(250);
  expect(sent.length).toBeLessThan(40);
  expect(recorder.connections).toBe(1);
  expect(new Set(recorder.requests.map(({ token }) => token))).toEqual(new Set(["Bearer secret"]));
});

test("a connection that the server closes because it is idle is made anew, without a word", async () => {
  await using recorder = await record();
  recorder.server.keepAliveTimeout = 100;
  const script = `import cairn, time
with cairn.start_run():
    for n in range(3):
        cairn.log_metric("m", n)
        time.sleep(2.5)`;
  const { code, stderr } = await runScript(script, { MLFLOW_TRACKING_URI: recorder.url });
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  const sent = batches(recorder).flatMap(({ metrics }) => metrics.map(({ value }) => value));
  expect(sent).toEqual([0, 1, 2]);
  expect(recorder.connections).toBeGreaterThan(1);
});

test("numbers that are not finite go as words, and steps count up by themselves", async () => {
  await using recorder = await record();
  const script = `import cairn
for value in (float("nan"), float("inf"), float("-inf"), 1):
    cairn.log_metric("m", value)
cairn.log_metric("m", 2, step=10)
cairn.log_metric("m", 3)`;
  expect((await runScript(script, { MLFLOW_TRACKING_URI: recorder.url })).code).toBe(0);
  const points = batches(recorder).flatMap(({ metrics }) => metrics);
  expect(points.map(({ value }) => value)).toEqual(["NaN", "Infinity", "-Infinity", 1, 2, 3]);
  const steps = z
    .array(z.object({ step: z.int() }))
    .parse(
      recorder.requests.flatMap(({ path, body }) =>
        path.endsWith("/log-batch") ? z.object({ metrics: z.array(z.unknown()) }).parse(body).metrics : [],
      ),
    );
  expect(steps.map(({ step }) => step)).toEqual([0, 1, 2, 3, 10, 11]);
});

test.skipIf(process.platform === "win32")(
  "a forked child sends its own values, not its parent's, and ends no run",
  async () => {
    await using recorder = await record();
    const script = `import cairn, os
with cairn.start_run():
    for n in range(100):
        cairn.log_metric("parent", n)
    pid = os.fork()
    if pid == 0:
        cairn.log_metric("child", 1)
        cairn.end_run()
        cairn.flush()
        os._exit(0)
    os.waitpid(pid, 0)`;
    expect((await runScript(script, { MLFLOW_TRACKING_URI: recorder.url, CAIRN_RUN_ID: "" })).code).toBe(0);
    const keys = batches(recorder).flatMap(({ metrics }) => metrics.map(({ key }) => key));
    expect(keys.filter((key) => key === "parent")).toHaveLength(100);
    const ends = recorder.requests.filter(({ path }) => path.endsWith("/runs/update"));
    expect(ends).toHaveLength(1);
  },
);

test("without a server to track to, nothing happens but one line", async () => {
  const script = `import cairn
with cairn.start_run("x") as run:
    cairn.log_metric("m", 1)
    cairn.log_params({"a": 1})
    cairn.log_artifact("/nowhere")
    cairn.log_model("/nowhere")
print(run.run_id, cairn.active_run(), cairn.flush())`;
  expect(await runScript(script, {})).toEqual({
    code: 0,
    stdout: "None None True\n",
    stderr: "cairn: not tracked; start it with `cairn run` to track it\n",
  });
});

test("a server that never answers holds the end of the script up for ten seconds at most", async () => {
  const started = Date.now();
  const script = `import cairn
with cairn.start_run():
    cairn.log_metric("m", 1)`;
  // Port 9 refuses on an ordinary machine.
  const { code, stderr } = await runScript(script, { MLFLOW_TRACKING_URI: "http://127.0.0.1:9" });
  expect(code).toBe(0);
  expect(stderr).toMatch(/still trying: [^]*\ncairn: 3 entries could not be sent before the end\n$/);
  expect(Date.now() - started).toBeLessThan(20_000);
});
