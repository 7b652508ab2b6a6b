import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import * as vscode from "vscode";
import { cairn, runInTree, startRun, workspaceFolder } from "./cairn.ts";
import { poll, test } from "./suite.ts";

const NAMES = ["MLFLOW_TRACKING_URI", "MLFLOW_TRACKING_TOKEN", "CAIRN_PROJECT"];

/** Runs a command line in a new terminal, to its end, and returns what it wrote. */
async function inTerminal(line: string): Promise<string> {
  const file = join(workspaceFolder(), `terminal-${Date.now()}.txt`);
  const terminal = vscode.window.createTerminal({
    name: "test",
    cwd: workspaceFolder(),
    shellPath: "/bin/sh",
    shellArgs: ["-c", `(${line}) > '${file}.part' 2>&1; mv '${file}.part' '${file}'; sleep 60`],
  });
  try {
    await poll("the terminal's output", () => existsSync(file));
    return await readFile(file, "utf8");
  } finally {
    terminal.dispose();
    await rm(file, { force: true });
  }
}

/** What a new terminal knows of tracking. */
async function variables(): Promise<Record<string, string>> {
  const lines = (await inTerminal("env")).split("\n").map((line) => line.split(/=(.*)/s));
  return Object.fromEntries(lines.filter(([name]) => NAMES.includes(name ?? "")) as [string, string][]);
}

test("a new terminal of a project with runs logs to it, and keeps its engine", async () => {
  await cairn();
  await runInTree(await startRun(["python3", "-c", "pass"]), "FINISHED");
  await poll("the variables", async () => (await variables()).MLFLOW_TRACKING_URI !== undefined);
  const {
    MLFLOW_TRACKING_URI: uri,
    MLFLOW_TRACKING_TOKEN: token,
    CAIRN_PROJECT: project,
  } = await variables();
  assert.match(uri ?? "", /^http:\/\/127\.0\.0\.1:\d+$/);
  assert.match(token ?? "", /^[0-9a-f]{64}$/);
  assert.equal(project, workspaceFolder());
  // Nobody runs when the terminal is opened: it brings the engine back.
  await vscode.commands.executeCommand("cairn.stopEngine");
  const file = join(workspaceFolder(), ".cairn", "engine.json");
  await poll("the engine to end", () => !existsSync(file));
  const script = join(workspaceFolder(), "log_there.py");
  const body = `import json, os, time, urllib.request
request = urllib.request.Request(
    os.environ["MLFLOW_TRACKING_URI"] + "/api/2.0/mlflow/runs/create",
    json.dumps({"experiment_id": "0", "run_name": "from a terminal"}).encode(),
    {"Content-Type": "application/json", "Authorization": "Bearer " + os.environ["MLFLOW_TRACKING_TOKEN"]},
)
for _ in range(100):
    try:
        print(json.load(urllib.request.urlopen(request))["run"]["info"]["run_id"])
        break
    except OSError:
        time.sleep(0.1)
`;
  await writeFile(script, body);
  const runId = (await inTerminal(`python3 '${script}'`)).trim();
  const node = await runInTree(runId, "RUNNING");
  assert.equal(node.run.row.name, "from a terminal");
});

test("one click switches it off and on again", async () => {
  await vscode.commands.executeCommand("cairn.untrackTerminals");
  assert.deepEqual(await variables(), {});
  await vscode.commands.executeCommand("cairn.trackTerminals");
  assert.deepEqual(Object.keys(await variables()).sort(), NAMES.toSorted());
});

test("a tracking server of the user's own stays", async () => {
  const file = join(workspaceFolder(), ".env");
  await writeFile(file, "MLFLOW_TRACKING_URI=http://localhost:5000\n");
  try {
    await vscode.commands.executeCommand("cairn.untrackTerminals");
    await vscode.commands.executeCommand("cairn.trackTerminals");
    assert.deepEqual(await variables(), {});
  } finally {
    await rm(file);
  }
  await vscode.commands.executeCommand("cairn.untrackTerminals");
  await vscode.commands.executeCommand("cairn.trackTerminals");
});
