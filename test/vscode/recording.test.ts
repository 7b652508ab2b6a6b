import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import * as vscode from "vscode";
import { cairn, childrenOf, itemOf, openTabs, runInTree, startRun, workspaceFolder } from "./cairn.ts";
import { poll, test } from "./suite.ts";

test("a command run from the palette is recorded, shown, and ends FINISHED", async () => {
  await cairn();
  const runId = await startRun(["python3", "-c", "print('hello from the run')"]);
  const node = await runInTree(runId, "FINISHED");
  const item = await itemOf(node);
  assert.equal(item.id, `run ${runId}`);
  assert.match(String(item.contextValue), /^run ended launched live$/);
  assert.ok(existsSync(join(workspaceFolder(), ".cairn", "cairn.db")));
  assert.equal(await readFile(join(workspaceFolder(), ".cairn", ".gitignore"), "utf8"), "*\n");
  await poll("a panel of the run", () => openTabs().includes(node.run.row.name));
});

test("a command that fails ends FAILED, and says so in words", async () => {
  const runId = await startRun(["python3", "-c", "import sys; sys.exit(3)"]);
  const item = await itemOf(await runInTree(runId, "FAILED"));
  assert.match(String(item.description), /failed/);
});

test("a Python file of the folder is run as it is", async () => {
  const script = vscode.Uri.file(join(workspaceFolder(), "say a word.py"));
  await writeFile(script.fsPath, "print('word')\n");
  const started = await vscode.commands.executeCommand<{ runId: string }>("cairn.runFile", script);
  const node = await runInTree(started.runId, "FINISHED");
  assert.match(node.run.row.source, /say a word\.py$/);
});

test("an entry of cairn.yaml is run with the parameters given", async () => {
  const yaml = "entries:\n  greet:\n    command: python3 -c \"print('{word}')\"\n    params: {word: hi}\n";
  await writeFile(join(workspaceFolder(), "cairn.yaml"), yaml);
  const started = await vscode.commands.executeCommand<{ runId: string }>("cairn.runEntry", {
    entry: "greet",
    params: { word: "hello" },
  });
  const node = await runInTree(started.runId, "FINISHED");
  assert.equal(node.run.params.get("word"), "hello");
});

test("a running run is stopped, and is shown as stopped", async () => {
  const runId = await startRun(["python3", "-c", "import time; time.sleep(600)"]);
  const node = await runInTree(runId, "RUNNING");
  assert.match(String((await itemOf(node)).contextValue), /running launched/);
  await vscode.commands.executeCommand("cairn.stopRun", node);
  const stopped = await itemOf(await runInTree(runId, "KILLED"));
  assert.match(String(stopped.description), /stopped/);
});

test("a deleted run leaves the tree, is listed as deleted, and comes back", async () => {
  const runId = await startRun(["python3", "-c", "pass"]);
  const node = await runInTree(runId, "FINISHED");
  await vscode.commands.executeCommand("cairn.deleteRuns", node);
  await vscode.commands.executeCommand("cairn.showDeleted");
  const deleted = await poll("the run among the deleted", async () => {
    const group = (await childrenOf()).find((each) => each.kind === "deleted");
    const listed = group ? await childrenOf(group) : [];
    return listed.find((each) => each.kind === "run" && each.run.row.runId === runId);
  });
  await vscode.commands.executeCommand("cairn.restoreRuns", deleted);
  await runInTree(runId, "FINISHED");
  await vscode.commands.executeCommand("cairn.hideDeleted");
});

test("an experiment is made, renamed, deleted and restored", async () => {
  const named = (name: string) => async () => {
    await vscode.commands.executeCommand("cairn.refresh");
    return (await childrenOf()).find((each) => each.kind === "experiment" && each.experiment.name === name);
  };
  await vscode.commands.executeCommand("cairn.newExperiment", "first try");
  const node = await poll("the new experiment", named("first try"));
  await vscode.commands.executeCommand("cairn.renameExperiment", node, "second try");
  await poll("the experiment by its new name", named("second try"));
  await vscode.commands.executeCommand("cairn.deleteExperiment", node);
  await poll("the experiment to be gone", async () => (await named("second try")()) === undefined);
  await vscode.commands.executeCommand("cairn.restoreExperiment", node);
  await poll("the experiment to be back", named("second try"));
});

test("the environment that is copied lets a script log here", async () => {
  await vscode.commands.executeCommand("cairn.copyEnvironment");
  assert.match(await vscode.env.clipboard.readText(), /MLFLOW_TRACKING_URI=?.*127\.0\.0\.1/);
});

test("an engine that is stopped stays away until something needs it", async () => {
  await vscode.commands.executeCommand("cairn.stopEngine");
  const file = join(workspaceFolder(), ".cairn", "engine.json");
  await poll("the engine to end", () => !existsSync(file));
  const runId = await startRun(["python3", "-c", "pass"]);
  await runInTree(runId, "FINISHED");
});
