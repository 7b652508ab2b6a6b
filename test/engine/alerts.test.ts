import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { createServer, type IncomingMessage, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import path from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import { openTrackingStore } from "../../src/core/tracking/index.ts";
import { AlertCenter, type AlertCenterOptions } from "../../src/engine/alerts/alertCenter.ts";
import type { EngineNotifications } from "../../src/shared/protocol.ts";
import { tempFolder } from "../core/tracking/tempStore.ts";
import { until } from "./projects.ts";

interface Received {
  path: string;
  authorization: string | undefined;
  body: Record<string, unknown>;
}

/** A webhook's server on a real port; `answer` gives the status, or nothing for one that never answers. */
async function webhookServer(answer: (attempt: number) => number | undefined) {
  const received: Received[] = [];
  const server: Server = createServer((request, response) => {
    void read(request).then((text) => {
      const { authorization } = request.headers;
      received.push({ path: request.url ?? "", authorization, body: JSON.parse(text) as Received["body"] });
      const status = answer(received.length);
      if (status !== undefined) response.writeHead(status, { location: "http://127.0.0.1:9/" }).end("no");
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  return { received, port };
}

async function read(request: IncomingMessage): Promise<string> {
  let text = "";
  for await (const chunk of request) text += String(chunk);
  return text;
}

/** Alerts over a real store; `open` gives the next engine's on the same project. */
function project(rules = "") {
  const root = tempFolder();
  if (rules !== "") writeFileSync(path.join(root, "cairn.yaml"), rules);
  const database = path.join(root, "cairn.db");
  const log: string[] = [];
  const logger = {
    ...{ debug: () => undefined, info: () => undefined },
    warn: (message: string) => void log.push(message),
    error: (message: string | Error) => void log.push(String(message)),
  };
  const open = async (options: Partial<AlertCenterOptions> = {}) => {
    const store = await openTrackingStore({ paths: { database }, logger });
    const told: EngineNotifications["alert"][] = [];
    const center = new AlertCenter({
      ...{ store, root, logger, active: () => [], isTrusted: () => Promise.resolve(true) },
      ...{ tell: (news) => void told.push(news), deliver: true, tickMs: 20 },
      ...{ webhook: { timeoutMs: 200, backOffMs: [10, 20, 30] } },
      ...options,
    });
    const stop = store.onChange((change) => {
      center.onStoreChange(change);
    });
    await center.start();
    let open = true;
    const close = async () => {
      if (!open) return;
      open = false;
      await center.close();
      stop();
      await store.close();
    };
    onTestFinished(close);
    const run = async (startTime = Date.now()) => {
      const { info } = await store.createRun({ experimentId: "0", runName: "try", startTime });
      return info.runId;
    };
    const log = (runId: string, value: number, key = "loss", step = 0) =>
      store.logBatch(runId, { metrics: [{ key, value, step, timestamp: Date.now() }] });
    const kinds = () => center.list({ limit: 100 }).alerts.map(({ kind }) => kind);
    return { store, center, told, stop, close, run, log, kinds };
  };
  return { root, open, log };
}

const soon = <T>(what: string, check: () => T) => until(check, what, 5000);

describe("what is told", () => {
  test("counts what a run logged before its engine was another", async () => {
    const { open } = project("alerts:\n  flat: {on: plateau, metric: loss, points: 20}\n");
    const first = await open();
    const runId = await first.run();
    for (let step = 0; step < 39; step++) await first.log(runId, 1, "loss", step);
    expect(first.told).toEqual([]);
    await first.close();
    const second = await open();
    await second.log(runId, 1, "loss", 39);
    await soon("the alert", () => second.told.length > 0);
    expect(second.told[0]?.alert).toMatchObject({ kind: "plateau", metric: "loss" });
  });

  test("a metric that is no number, once, with its run", async () => {
    const { told, run, log, center } = await project().open();
    const runId = await run();
    await log(runId, 1);
    await log(runId, NaN, "loss", 3);
    await log(runId, NaN, "loss", 4);
    await soon("the alert", () => told.length > 0);
    expect(told).toHaveLength(1);
    expect(told[0]).toMatchObject({
      alert: { runId, runName: "try", kind: "nan", metric: "loss", message: "loss became NaN at step 3." },
      unacknowledged: 1,
    });
    // The next of the same rule is only listed.
    await log(runId, Infinity, "acc");
    await soon("the second", () => told.length > 1);
    expect(told[1]).toMatchObject({ alert: { metric: "acc", quiet: true }, unacknowledged: 2 });
    expect(center.acknowledge(undefined)).toBe(2);
    expect(told.at(-1)).toEqual({ alert: null, unacknowledged: 0 });
  });

  test("a run that failed; not one that was stopped, nor a short one that is finished", async () => {
    const { store, run, kinds, center } = await project().open();
    const [failed, stopped, finished] = [await run(), await run(), await run()];
    await store.logBatch(stopped, { tags: [{ key: "cairn.endReason", value: "stopped" }] });
    await store.updateRun(stopped, { status: "KILLED", endTime: Date.now() });
    await store.updateRun(finished, { status: "FINISHED", endTime: Date.now() });
    await store.updateRun(failed, { status: "FAILED", endTime: Date.now() });
    await soon("the failure", () => kinds().length > 0);
    await soon("all ends", () => center.repository.watched().length === 0);
    expect(center.list({ limit: 9 }).alerts.map(({ runId, kind }) => [runId, kind])).toEqual([
      [failed, "failed"],
    ]);
  });

  test("the end by its launcher's word, which may come after the script's own", async () => {
    const active: string[] = [];
    const { store, run, kinds } = await project().open({ active: () => active });
    const runId = await run(Date.now() - 3600_000);
    active.push(runId);
    await store.updateRun(runId, { status: "FINISHED", endTime: Date.now() });
    await new Promise((resolve) => setTimeout(resolve, 700));
    expect(kinds()).toEqual([]);
    await store.updateRun(runId, { status: "FAILED", endTime: Date.now() });
    active.pop();
    await soon("the end", () => kinds().length > 0);
    expect(kinds()).toEqual(["failed"]);
  });

  test("silence, plateau and a worse run, by the project's rules; a muted run is left alone", async () => {
    const rules = `alerts:
  slow: {on: silent, after: 300ms, cooldown: 0s}
  flat: {on: plateau, points: 5, metric: "*loss"}
  worse: {on: worse, metric: acc}
`;
    const { store, run, log, kinds, center } = await project(rules).open();
    const first = await run();
    await log(first, 0.9, "acc");
    await store.updateRun(first, { status: "FINISHED", endTime: Date.now() });
    const second = await run();
    await log(second, 0.7, "acc");
    for (let step = 0; step < 10; step++) await log(second, 1, "loss", step);
    await soon("the silence", () => kinds().includes("silent"));
    await store.updateRun(second, { status: "FINISHED", endTime: Date.now() });
    await soon("the comparison", () => kinds().includes("worse"));
    expect(kinds().sort()).toEqual(["plateau", "silent", "worse"]);
    const muted = await run();
    await new Promise((resolve) => setImmediate(resolve));
    center.mute(muted);
    await log(muted, NaN);
    await store.updateRun(muted, { status: "FAILED", endTime: Date.now() });
    await soon("the end", () => !center.repository.watched().includes(muted));
    expect(kinds()).toHaveLength(3);
  });

  test("an idle GPU, a loss that explodes, and the end of a long run", async () => {
    const rules = `alerts:
  gpu: {on: gpuIdle, after: 5m, below: 20}
  bad: {on: diverging, metric: "*loss", points: 5}
`;
    const { store, run, kinds, center } = await project(rules).open();
    const start = Date.now() - 1200_000;
    const runId = await run(start);
    const metrics = Array.from({ length: 100 }, (_, step) => ({ step, timestamp: start + step * 10_000 }));
    const values = (key: string, value: (step: number) => number) =>
      metrics.map((point) => ({ ...point, key, value: value(point.step) }));
    await store.logBatch(runId, {
      metrics: [
        ...values("val/loss", (step) => (step < 50 ? 1 / (step + 1) : 2 ** (step - 50))),
        ...values("score", (step) => (step < 50 ? 1 : 1000)),
        ...values("system/gpu_0_utilization_percentage", (step) => (step < 50 ? 95 : 3)),
        ...values("system/gpu_1_utilization_percentage", () => 0),
      ],
    });
    await store.updateRun(runId, { status: "FINISHED", endTime: Date.now() });
    await soon("the end", () => kinds().includes("finished"));
    expect(center.list({ limit: 9 }).alerts.map(({ kind, metric }) => [kind, metric])).toEqual([
      ["finished", undefined],
      ["gpuIdle", undefined],
      ["diverging", "val/loss"],
    ]);
  });

  test("history that is taken in is no news", async () => {
    const { store, run, kinds, center } = await project().open();
    const old = Date.now() - 30 * 24 * 3600_000;
    const runId = await run(old);
    await new Promise((resolve) => setImmediate(resolve));
    await store.updateRun(runId, { status: "FAILED", endTime: old + 1000 });
    expect(center.repository.watched()).toEqual([runId]);
    await soon("the end", () => center.repository.watched().length === 0);
    expect(kinds()).toEqual([]);
  });
});

describe("over the engine's own end", () => {
  test("a run that ended while no engine watched is told of at the next start, once", async () => {
    const { open } = project();
    const first = await open();
    const runId = await first.run();
    await new Promise((resolve) => setImmediate(resolve));
    // As a killed engine leaves it: the end is recorded, and nothing was told.
    first.stop();
    await first.store.updateRun(runId, { status: "FAILED", endTime: Date.now() });
    await first.close();
    const second = await open();
    await soon("the alert", () => second.told.length > 0);
    expect(second.kinds()).toEqual(["failed"]);
    expect(second.center.list({ unclaimed: true, limit: 9 }).alerts).toHaveLength(1);
    await second.close();
    const third = await open();
    await new Promise((resolve) => setTimeout(resolve, 500));
    expect(third.told).toEqual([]);
    expect(third.kinds()).toEqual(["failed"]);
  });

  test("of two windows one shows it", async () => {
    const { run, log, told, center } = await project().open();
    await log(await run(), NaN);
    await soon("the alert", () => told.length > 0);
    const id = told[0]?.alert?.id ?? 0;
    expect([center.repository.claim(id), center.repository.claim(id)]).toEqual([true, false]);
    expect(center.list({ unclaimed: true, limit: 9 }).alerts).toEqual([]);
  });
});

describe("webhooks", () => {
  const rules = (webhook: string) => `alerts: {bad: {on: nan, webhook: "${webhook}"}}\n`;
  const alertOnce = async ({ run, log }: Awaited<ReturnType<ReturnType<typeof project>["open"]>>) =>
    log(await run(), NaN);

  test("are told what happened", async () => {
    const { received, port } = await webhookServer(() => 204);
    const { root, open } = project(rules("MY_HOOK"));
    writeFileSync(path.join(root, ".env"), `MY_HOOK="http://me:pa%20ss@127.0.0.1:${port}/secret?x=1"\n`);
    await alertOnce(await open());
    await soon("the request", () => received.length > 0);
    expect(received).toEqual([
      {
        path: "/secret?x=1",
        authorization: `Basic ${Buffer.from("me:pa ss").toString("base64")}`,
        body: {
          text: "try: loss became NaN at step 0.",
          ...{ name: "bad", kind: "nan", message: "loss became NaN at step 0.", metric: "loss" },
          time: expect.stringMatching(/^\d{4}-.*Z$/) as string,
          run: { id: expect.any(String) as string, name: "try", experiment: "Default" },
          project: path.basename(root),
        },
      },
    ]);
  });

  test("are tried again when they have trouble, and then no more", async () => {
    const { received, port } = await webhookServer((attempt) => (attempt < 3 ? 503 : 200));
    const { open } = project(rules(`http://127.0.0.1:${port}/`));
    await alertOnce(await open());
    await soon("the third attempt", () => received.length === 3);
    await new Promise((resolve) => setTimeout(resolve, 150));
    expect(received).toHaveLength(3);
  });

  test.each([
    ["one that never answers", () => undefined, 4, /does not answer in time \(4 attempts\)/],
    ["one that redirects", () => 307, 1, /redirect, which is not followed/],
    ["one that refuses", () => 403, 1, /answers 403/],
    ["one that always has trouble", () => 500, 4, /answers 500 \(4 attempts\)/],
  ])("%s is given up, and the log does not tell its secret", async (_, answer, attempts, reason) => {
    const { received, port } = await webhookServer(answer);
    const { open, log } = project(rules(`http://127.0.0.1:${port}/s3cret-part?token=s3cret`));
    await alertOnce(await open());
    await soon("the failure in the log", () => log.length > 0);
    expect(received).toHaveLength(attempts);
    expect(log.join("\n")).toMatch(reason);
    expect(log.join("\n")).not.toContain("s3cret");
  });

  test.each(["UNSET_NAME", "ftp://host/s3cret", "http://", "http://s3cret@[bad/"])(
    "%s is no webhook, which the log says without telling a secret",
    async (webhook) => {
      const { open, log } = project(rules(webhook));
      await alertOnce(await open());
      await soon("the failure in the log", () => log.length > 0);
      expect(log.join("\n")).toMatch(/is not set|is no http or https URL/);
      expect(log.join("\n")).not.toContain("s3cret");
    },
  );

  test("and hooks wait for the project to be trusted, and outlive the engine", async () => {
    const { received, port } = await webhookServer(() => 200);
    const { root, open } = project(
      `alerts: {bad: {on: nan, webhook: "http://127.0.0.1:${port}/", hook: "echo $CAIRN_ALERT_KIND >> told"}}\n`,
    );
    const first = await open({ isTrusted: () => Promise.resolve(false) });
    await alertOnce(first);
    await soon("the alert", () => first.told.length > 0);
    await new Promise((resolve) => setTimeout(resolve, 200));
    expect(received).toHaveLength(0);
    await first.close();
    let trusted = false;
    const second = await open({ isTrusted: () => Promise.resolve(trusted), tickMs: 60_000 });
    trusted = true;
    second.center.onTrust();
    await soon("the request", () => received.length > 0);
    const file = path.join(root, "told");
    await soon("the hook", () => existsSync(file) && readFileSync(file, "utf8") === "nan\n");
    await soon("the delivery to be noted", () => second.center.repository.due(0).length === 0);
    expect(received).toHaveLength(1);
  });
});
