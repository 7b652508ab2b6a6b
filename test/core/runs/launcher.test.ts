import { chmodSync, existsSync, mkdirSync, readdirSync, statSync } from "node:fs";
import path from "node:path";
import { describe, expect, test } from "vitest";
import { consoleText, launchProject, recorded } from "./launchProject.ts";

const node = process.execPath;

describe("a launched command", () => {
  test("is a finished run with what it was, what it said and how it ended", async () => {
    const project = await launchProject("cairn runs é ");
    project.write("data/a b.csv", "x\n1\n");
    const before = Date.now();
    const { runId, name, experimentId } = await project.launcher.start({
      command: [node, "-e", "console.log(process.argv[1]); console.error('err')", "a 'b\" $c"],
      params: { lr: "0.1", "a/b": "" },
      data: ["data/a b.csv"],
      experiment: "Readings",
      note: "first\ntry",
    });
    expect(await project.launcher.wait(runId)).toEqual({ exitCode: 0 });
    const { info, tags, params, inputs } = await recorded(project, runId);
    expect(info).toMatchObject({ status: "FINISHED", runName: name, experimentId });
    expect((await project.store.getExperiment(experimentId)).name).toBe("Readings");
    expect(info.startTime).toBeGreaterThanOrEqual(before);
    expect(info.endTime).toBeGreaterThanOrEqual(info.startTime);
    expect(info.endTime).toBeLessThanOrEqual(Date.now());
    expect(params).toEqual({ lr: "0.1", "a/b": "" });
    expect(tags["cairn.exitCode"]).toBe("0");
    expect(tags["cairn.endReason"]).toBeUndefined();
    expect(tags["mlflow.note.content"]).toBe("first\ntry");
    expect(tags["cairn.command"]).toContain(`'a '\\''b" $c'`);
    expect(inputs.map(({ dataset }) => [dataset.name, dataset.digest])).toEqual([
      ["data/a b.csv", "dc3ba59be5d893be2c69ea202014fe78"],
    ]);
    expect((await consoleText(project, runId)).split("\n").sort()).toEqual(["", "a 'b\" $c", "err"]);
    expect(project.launcher.active()).toEqual([]);
    expect(project.complaints).toEqual([]);
  });

  test("sees where to log, and its own Python module, in its environment", async () => {
    const project = await launchProject();
    const script = "for (const n of process.argv.slice(1)) console.log(n + '=' + process.env[n])";
    const names = [
      "MLFLOW_TRACKING_URI",
      "MLFLOW_TRACKING_TOKEN",
      "MLFLOW_RUN_ID",
      "CAIRN_RUN_ID",
      "CAIRN_PROJECT",
    ];
    const { runId } = await project.launcher.start({
      command: [
        node,
        "-e",
        script,
        ...names,
        "PYTHONPATH",
        "PYTHONUNBUFFERED",
        "MINE",
        "ELECTRON_RUN_AS_NODE",
      ],
      env: {
        MINE: "1",
        PYTHONPATH: "/theirs",
        MLFLOW_RUN_ID: "stale",
        MLFLOW_TRACKING_URI: "http://elsewhere",
      },
    });
    await project.launcher.wait(runId);
    const text = await consoleText(project, runId);
    expect(text).toContain(
      `MLFLOW_TRACKING_URI=http://127.0.0.1:9\nMLFLOW_TRACKING_TOKEN=t\nMLFLOW_RUN_ID=${runId}\n`,
    );
    expect(text).toContain(`CAIRN_RUN_ID=${runId}\nCAIRN_PROJECT=${project.root}\n`);
    expect(text).toMatch(/PYTHONPATH=.*media\/python:\/theirs\n/);
    expect(text).toContain("PYTHONUNBUFFERED=1\nMINE=1\nELECTRON_RUN_AS_NODE=undefined\n");
  });

  test("that fails is a failed run with its exit code", async () => {
    const project = await launchProject();
    const { runId } = await project.launcher.start({ command: [node, "-e", "process.exit(7)"] });
    expect(await project.launcher.wait(runId)).toEqual({ exitCode: 7 });
    const { info, tags } = await recorded(project, runId);
    expect(info.status).toBe("FAILED");
    expect(tags["cairn.exitCode"]).toBe("7");
    expect(await project.launcher.wait(runId)).toEqual({ exitCode: 7 });
  });

  test("has the last word over what its own client said of the run", async () => {
    const project = await launchProject();
    const { runId } = await project.launcher.start({
      command: ["sh", "-c", "while [ ! -e go ]; do sleep 0.02; done; exit 1"],
    });
    await project.store.updateRun(runId, { status: "FINISHED", endTime: Date.now() });
    project.write("go", "");
    await project.launcher.wait(runId);
    expect((await recorded(project, runId)).info.status).toBe("FAILED");
  });

  test.each([
    ["not found", ["no-such-command-at-all"], {}, /no-such-command-at-all: command not found/, /spelling/],
    ["not executable", ["./plain.txt"], {}, /not allowed to execute/, /chmod/],
    [
      "in a folder that does not exist",
      [node, "-v"],
      { cwd: "no/where" },
      /no\/where does not exist/,
      /working folder/,
    ],
  ])("that is %s is a failed run and an error with a hint", async (_, command, more, message, hint) => {
    const project = await launchProject();
    chmodSync(project.write("plain.txt", "hello"), 0o644);
    const failure = await project.launcher.start({ command, ...more }).catch((error: unknown) => error);
    expect(failure).toMatchObject({
      message: expect.stringMatching(message) as string,
      hint: expect.stringMatching(hint) as string,
    });
    const { items } = await project.store.searchRuns({ experimentIds: ["0"] });
    expect(items.map(({ info }) => info.status)).toEqual(["FAILED"]);
    const runId = items[0]?.info.runId ?? "";
    expect(await consoleText(project, runId)).toMatch(message);
    expect((await recorded(project, runId)).tags["cairn.endReason"]).toMatch(message);
    expect(project.launcher.active()).toEqual([]);
    expect(readdirSync(path.join(project.paths.launches, "active"))).toEqual([]);
  });

  test.each([
    [{}, /exactly one/],
    [{ command: [] }, /empty/],
    [{ command: ["a"], entry: "b" }, /exactly one/],
    [{ command: ["a\0b"] }, /NUL/],
    [{ entry: "train" }, /no entry "train"/],
    [{ command: ["true"], data: ["missing.csv"] }, /missing\.csv does not exist/],
  ])("asked for as %j is refused before there is a run", async (spec, message) => {
    const project = await launchProject();
    await expect(project.launcher.start(spec)).rejects.toThrow(message);
    expect((await project.store.searchRuns({ experimentIds: ["0"] })).items).toEqual([]);
    expect(existsSync(path.join(project.paths.launches, "active"))).toBe(false);
  });

  test("leaves nothing of its arguments and environment on disk but what may be recorded", async () => {
    const project = await launchProject();
    const { runId } = await project.launcher.start({
      command: [node, "-e", "0", "--token", "hunter2"],
      env: { PRIVATE: "hunter2" },
      params: { api_key: "hunter2", lr: "1" },
    });
    await project.launcher.wait(runId);
    const { tags, params } = await recorded(project, runId);
    expect(JSON.stringify({ tags, params })).not.toContain("hunter2");
    expect(params).toEqual({ api_key: "***", lr: "1" });
    expect(tags["cairn.redacted"]).toBe("api_key, --token");
    const folder = path.join(project.paths.launches, runId);
    expect(readdirSync(folder).sort()).toEqual(["console.log", "exit.json", "started.json"]);
    expect(statSync(folder).mode & 0o777).toBe(0o700);
    expect(statSync(path.join(folder, "console.log")).mode & 0o777).toBe(0o600);
  });

  test("a hundred at once all end as they ended", async () => {
    const project = await launchProject();
    const codes = Array.from({ length: 100 }, (_, i) => i % 3);
    const runs: { runId: string; code: number }[] = [];
    for (let i = 0; i < codes.length; i += 10) {
      const batch = codes.slice(i, i + 10).map(async (code) => {
        const { runId } = await project.launcher.start({
          command: ["sh", "-c", `echo ${code}; exit ${code}`],
        });
        return { runId, code };
      });
      runs.push(...(await Promise.all(batch)));
    }
    for (const { runId, code } of runs) {
      expect(await project.launcher.wait(runId)).toEqual({ exitCode: code });
      expect((await recorded(project, runId)).info.status).toBe(code === 0 ? "FINISHED" : "FAILED");
      expect(await consoleText(project, runId)).toBe(`${code}\n`);
    }
    expect(new Set(runs.map(({ runId }) => runId)).size).toBe(100);
    expect(readdirSync(path.join(project.paths.launches, "active"))).toEqual([]);
  }, 60_000);
});

describe("a Python file", () => {
  test("runs with the project's own environment before any other Python", async () => {
    const project = await launchProject();
    project.write("train.py", "print('hi')\n");
    const own = project.write(".venv/bin/python", `#!/bin/sh\necho own "$(basename "$1")"\n`);
    chmodSync(own, 0o755);
    const { runId } = await project.launcher.start({ file: "train.py" });
    await project.launcher.wait(runId);
    expect(await consoleText(project, runId)).toBe("own train.py\n");
    expect((await recorded(project, runId)).tags["mlflow.source.name"]).toBe("train.py");
  });

  test("runs with the Python asked for", async () => {
    const project = await launchProject();
    mkdirSync(path.join(project.root, "sub"));
    project.write("sub/t.py", "");
    const { runId } = await project.launcher.start({ file: "t.py", cwd: "sub", python: "/bin/echo" });
    await project.launcher.wait(runId);
    expect(await consoleText(project, runId)).toBe(`${project.root}/sub/t.py\n`);
  });
});

describe("an entry", () => {
  test("gets its parameters quoted, defaults where none is given", async () => {
    const project = await launchProject();
    project.write(
      "cairn.yaml",
      "entries:\n  train:\n    command: printf '%s|' {lr} \"{tag}\"\n    params: {lr: 0.05, tag: x}\n    experiment: E\n",
    );
    const { runId, experimentId } = await project.launcher.start({
      entry: "train",
      params: { tag: "a $(id) 'b'" },
    });
    expect(await project.launcher.wait(runId)).toEqual({ exitCode: 0 });
    expect(await consoleText(project, runId)).toBe("0.05|a $(id) 'b'|");
    const { params, tags } = await recorded(project, runId);
    expect(params).toEqual({ lr: "0.05", tag: "a $(id) 'b'" });
    expect(tags["cairn.entry"]).toBe("train");
    expect((await project.store.getExperiment(experimentId)).name).toBe("E");
  });

  test("refuses a parameter that it does not have, MLproject appends it", async () => {
    const project = await launchProject();
    project.write("cairn.yaml", "entries: {a: {command: echo hi}}\n");
    project.write(
      "MLproject",
      "entry_points:\n  main:\n    parameters: {n: float, s: {default: d}}\n    command: echo {n} {s}\n",
    );
    await expect(project.launcher.start({ entry: "a", params: { lr: "1" } })).rejects.toThrow(
      "no parameter lr",
    );
    await expect(project.launcher.start({ entry: "main" })).rejects.toThrow("needs the parameter n");
    await expect(project.launcher.start({ entry: "main", params: { n: "x" } })).rejects.toThrow(
      "must be a number",
    );
    const { runId } = await project.launcher.start({ entry: "main", params: { n: "1", extra: "a b" } });
    await project.launcher.wait(runId);
    expect(await consoleText(project, runId)).toBe("1 d --extra a b\n");
  });

  test("of a file that is broken is refused with the place", async () => {
    const project = await launchProject();
    project.write("cairn.yaml", "entries: {a: {comand: x}}\n");
    await expect(project.launcher.start({ entry: "a" })).rejects.toThrow(
      'cairn.yaml:1:15: "comand" is not known',
    );
    expect((await project.launcher.entries()).problems.length).toBeGreaterThan(0);
    const { runId } = await project.launcher.start({ command: ["true"] });
    expect(await project.launcher.wait(runId)).toEqual({ exitCode: 0 });
  });

  test("whose shell command dies by a signal says which", async () => {
    const project = await launchProject();
    project.write("cairn.yaml", `entries: {a: {command: "sh -c 'kill -9 $$'; exit $?"}}\n`);
    const { runId } = await project.launcher.start({ entry: "a" });
    expect(await project.launcher.wait(runId)).toEqual({ exitCode: 137, endReason: "signal SIGKILL" });
  });
});
