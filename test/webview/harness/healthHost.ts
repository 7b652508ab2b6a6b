import type { Health } from "../../../src/shared/protocol.ts";
import { CairnError } from "../../../src/shared/errors.ts";
import type { FakeHost, Scenario } from "./fakeHost.ts";
import { NOW } from "./generate.ts";
import { never } from "./never.ts";

function makeHealth(troubled: boolean): Health {
  return {
    project: "/home/mira/turbines",
    engine: {
      version: "0.1.0",
      protocol: 1,
      pid: 48213,
      node: "22.23.3",
      runtime: "node",
      startTime: NOW - 4_320_000,
      host: "mira-laptop",
      socket: "/run/user/1000/cairn-1000/5f2ab9c1d0e34477.sock",
      trackingUri: "http://127.0.0.1:47123",
      readOnly: false,
      memory: 78_430_208,
      clients: [
        { kind: "vscode", version: "0.1.0", since: NOW - 4_300_000 },
        { kind: "cli", version: "0.1.0", since: NOW - 60_000 },
      ],
      keptBy: ["1 window", "1 run"],
    },
    database: {
      path: "/home/mira/turbines/.cairn/cairn.db",
      bytes: 48_234_496,
      schemaVersion: 1,
      journal: "wal",
      synchronous: "full",
      fileSystem: "ext4",
    },
    counts: { experiments: 4, runs: 1287, activeRuns: 1, metricPoints: 8_012_455 },
    artifacts: { path: "/home/mira/turbines/.cairn/artifacts" },
    jobs: [
      {
        jobId: "1",
        kind: "checkDatabase",
        title: "Check database",
        state: "running",
        progress: 0.4,
        message: "12 of 30 tables",
        startTime: NOW - 8_000,
      },
      {
        jobId: "2",
        kind: "backup",
        title: "Back up database",
        state: "done",
        startTime: NOW - 90_000,
        endTime: NOW - 88_000,
      },
      {
        jobId: "3",
        kind: "diskUse",
        title: "Measure disk use",
        state: "failed",
        startTime: NOW - 190_000,
        endTime: NOW - 188_000,
        error: { code: "refused", message: "The folder cannot be read." },
      },
    ],
    problems: troubled
      ? [
          {
            severity: "warning",
            message: "The project is on a network file system (nfs4), so the database is not in WAL mode.",
            hint: "Logging is slower. Moving the project to a local disk makes it fast again.",
          },
          {
            severity: "error",
            message: "Less than 100 MB are free on the disk of the project.",
            hint: "Free some space: writes will fail when it runs out.",
          },
        ]
      : [],
  };
}

/** Scenarios: normal, troubled, stopped, unreachable, loading, error. */
export function healthHost({ name }: Scenario): FakeHost {
  let running = name !== "stopped" && name !== "unreachable";
  const answer = () => {
    if (running) return { health: makeHealth(name === "troubled") };
    return name === "unreachable"
      ? { health: null, problem: "No answer from process 48213 within 5 s." }
      : { health: null };
  };
  return {
    answer(method) {
      if (method === "init" && name === "loading") return never;
      if (method === "init" && name === "error")
        throw new CairnError("unavailable", "The engine did not start.", { hint: "Its log says why." });
      if (method === "stopEngine") running = false;
      if (method === "startEngine") running = true;
      return method === "init" || method === "refresh" ? answer() : null;
    },
  };
}
