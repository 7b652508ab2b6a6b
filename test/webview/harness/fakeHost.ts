// Runs in the page, before the panel: a host that answers from generated data. Bundled by buildHarness.ts.
import { toErrorShape } from "../../../src/shared/errors.ts";
import type { FromPanel, ToPanel } from "../../../src/shared/ipc.ts";
import { dataOf, makeCurve, makeTable } from "./generate.ts";
import { healthHost } from "./healthHost.ts";
import { runHost } from "./runHost.ts";
import { runsHost } from "./runsHost.ts";
import { never } from "./never.ts";

/** Methods of a fake host; what they throw is the answer's error; `never` lets the request hang. */
export interface FakeHost {
  answer(method: string, params: unknown): unknown;
  ready?(notify: (method: string, params: unknown) => void): void;
}

export interface Scenario {
  name: string;
  options: Record<string, unknown>;
}

interface Recorder {
  requests: { method: string; params: unknown }[];
  notify: (method: string, params: unknown) => void;
  state: unknown;
  /** Milliseconds since the page was opened. */
  times: { rows?: number; curves?: number; charts: number[] };
}

declare global {
  var cairnScenario: { panel: "runs" | "run" | "health"; scenario: string; options: Record<string, unknown> };
  var cairnHost: Recorder;
  var cairnMake: { dataOf: typeof dataOf; makeCurve: typeof makeCurve; makeTable: typeof makeTable };
}

const hosts = { runs: runsHost, run: runHost, health: healthHost };
const { panel, scenario, options } = globalThis.cairnScenario;
const host = hosts[panel]({ name: scenario, options });

function send(message: ToPanel): void {
  window.postMessage(message, "*");
}

globalThis.cairnMake = { dataOf, makeCurve, makeTable };
globalThis.cairnHost = {
  requests: [],
  notify(method, params) {
    send({ type: "notification", method, params });
  },
  state: undefined,
  times: { charts: [] },
};

function watchRows(): void {
  if (document.querySelector(".grid-row")) globalThis.cairnHost.times.rows = performance.now();
  else requestAnimationFrame(watchRows);
}
requestAnimationFrame(watchRows);
document.addEventListener("drawn", () => globalThis.cairnHost.times.charts.push(performance.now()));

function receive(message: FromPanel): void {
  if (message.type === "ready") {
    host.ready?.(globalThis.cairnHost.notify);
    return;
  }
  const { id, method, params } = message;
  globalThis.cairnHost.requests.push({ method, params });
  try {
    const result = host.answer(method, params);
    if (method === "curves") globalThis.cairnHost.times.curves = performance.now();
    if (result !== never) send({ type: "response", id, result });
  } catch (error) {
    send({ type: "response", id, error: toErrorShape(error) });
  }
}

Object.assign(globalThis, {
  acquireVsCodeApi: () => ({
    postMessage: (message: FromPanel) => {
      const copy = structuredClone(message);
      setTimeout(() => {
        receive(copy);
      }, 0);
    },
    setState: (state: unknown) => {
      globalThis.cairnHost.state = state;
    },
    getState: () => globalThis.cairnHost.state,
  }),
});
