import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { readFile, rm, writeFile } from "node:fs/promises";
import { basename, join } from "node:path";
import * as vscode from "vscode";
import type { DataAddResult } from "../../src/shared/data/api.ts";
import type { DataPullResult, DataPushResult } from "../../src/shared/data/remotes.ts";
import type { ReproResult } from "../../src/shared/pipeline/api.ts";
import type { DataNode, DataSetNode, VersionNode } from "../../src/host/data/dataNodes.ts";
import { cairn, openTabs, workspaceFolder } from "./cairn.ts";
import { poll, test } from "./suite.ts";

const uriOf = (name: string) => vscode.Uri.file(join(workspaceFolder(), name));

async function childrenOf(node?: DataNode): Promise<DataNode[]> {
  const data = await (await cairn()).data;
  assert.ok(data, "the Data view is not registered");
  return data.getChildren(node);
}

async function itemOf(node: DataNode): Promise<vscode.TreeItem> {
  const data = await (await cairn()).data;
  assert.ok(data, "the Data view is not registered");
  return data.getTreeItem(node);
}

/** Waits until the dataset is listed in a certain state, and returns its node. */
function dataset(path: string, state: RegExp): Promise<DataSetNode> {
  return poll(`${path} to be ${state.source}`, async () => {
    for (const node of await childrenOf())
      if (node.kind === "dataset" && node.item.path === path && node.item.status !== undefined)
        if (state.test(String((await itemOf(node)).contextValue))) return node;
    return undefined;
  });
}

async function versionsOf(path: string): Promise<VersionNode[]> {
  const nodes = await childrenOf(await dataset(path, /^dataset/));
  return nodes.filter((node) => node.kind === "version");
}

function add(name: string, message: string): Thenable<DataAddResult[]> {
  return vscode.commands.executeCommand("cairn.dataAdd", uriOf(name), undefined, { message });
}

const first = "id,label\n1,four\n2,nine\n";
const second = `${first}3,seven\n`;

test("a file is added, listed with its version, and seen as modified when it is saved", async () => {
  await writeFile(uriOf("rows.csv").fsPath, first);
  const [added] = await add("rows.csv", "first rows");
  assert.equal(added?.version, 1);
  assert.ok(existsSync(uriOf("rows.csv.dvc").fsPath));
  await dataset("rows.csv", /^dataset same versioned$/);
  const [version] = await versionsOf("rows.csv");
  assert.ok(version);
  const item = await itemOf(version);
  assert.equal(item.label, "v1");
  assert.match(String(item.description), /^first rows · 23 B · \+/);
  assert.match(String(item.contextValue), /^version stored pointed$/);

  const document = await vscode.workspace.openTextDocument(uriOf("rows.csv"));
  const edit = new vscode.WorkspaceEdit();
  edit.insert(document.uri, document.positionAt(first.length), "3,seven\n");
  await vscode.workspace.applyEdit(edit);
  await document.save();
  const node = await dataset("rows.csv", /^dataset modified/);
  assert.match(String((await itemOf(node)).description), /^modified · v1/);
  assert.match(String((await itemOf(node)).resourceUri?.query), /^modified$/);
});

test("a second version is added, the first is checked out, and the content is back", async () => {
  assert.equal((await add("rows.csv", "one more"))[0]?.version, 2);
  await poll("both versions", async () => (await versionsOf("rows.csv")).length === 2);
  const versions = await versionsOf("rows.csv");
  await vscode.commands.executeCommand("cairn.dataCheckout", versions[1]);
  assert.equal(await readFile(uriOf("rows.csv").fsPath, "utf8"), first);
  await poll("the pointer to name version 1", async () => {
    const [, older] = await versionsOf("rows.csv");
    return older !== undefined && String((await itemOf(older)).contextValue).includes("pointed");
  });
  const project = versions[0]?.parent.project;
  await vscode.commands.executeCommand("cairn.dataCheckout", { project, path: "rows.csv", version: 2 });
  assert.equal(await readFile(uriOf("rows.csv").fsPath, "utf8"), second);
});

test("an old version opens for reading only, and two of them in a diff", async () => {
  const versions = await versionsOf("rows.csv");
  await vscode.commands.executeCommand("cairn.dataOpenVersion", versions[1]);
  await poll("the tab", () => openTabs().includes("rows (v1).csv"));
  const shown = vscode.window.activeTextEditor?.document;
  assert.equal(shown?.getText(), first);
  assert.equal(vscode.workspace.fs.isWritableFileSystem("cairn-data"), false);
  await vscode.commands.executeCommand("cairn.dataCompare", versions[0], versions);
  await poll("the diff", () => openTabs().includes("rows.csv (v1 ↔ v2)"));
});

test("a folder is a dataset whose changed files are told", async () => {
  await vscode.workspace.fs.writeFile(uriOf("images/a.txt"), Buffer.from("a"));
  await vscode.workspace.fs.writeFile(uriOf("images/b.txt"), Buffer.from("b"));
  await add("images", "");
  await dataset("images", /^dataset same/);
  const document = await vscode.workspace.openTextDocument(uriOf("images/a.txt"));
  const edit = new vscode.WorkspaceEdit();
  edit.insert(document.uri, new vscode.Position(0, 1), "more");
  await vscode.workspace.applyEdit(edit);
  await document.save();
  const node = await dataset("images", /^dataset modified/);
  assert.deepEqual(node.item.status?.changed, ["a.txt"]);
});

test("data that is gone is missing, and comes back by a checkout", async () => {
  await vscode.workspace.fs.delete(uriOf("rows.csv"));
  await vscode.commands.executeCommand("cairn.dataRefresh");
  const node = await dataset("rows.csv", /^dataset missing/);
  const { project } = node;
  await vscode.commands.executeCommand("cairn.dataCheckout", { project, path: "rows.csv", version: 2 });
  assert.equal(await readFile(uriOf("rows.csv").fsPath, "utf8"), second);
  await dataset("rows.csv", /^dataset same/);
});

test("a version tells the runs that read it", async () => {
  const started = await vscode.commands.executeCommand<{ runId: string }>("cairn.runCommand", {
    command: ["python3", "-c", "print(open('rows.csv').read())"],
    data: ["rows.csv"],
  });
  const run = await poll("the run below the version", async () => {
    const [newest] = await versionsOf("rows.csv");
    const runs = newest ? await childrenOf(newest) : [];
    return runs.find((node) => node.kind === "run");
  });
  assert.equal(run.run.row.runId, started.runId);
  await vscode.commands.executeCommand("cairn.dataShowRuns", (await versionsOf("rows.csv"))[0]);
  await poll("the runs panel", () => openTabs().includes("Runs of rows.csv v2"));
});

test("a path and a hash are copied, and a dataset is revealed in its view", async () => {
  const [newest] = await versionsOf("rows.csv");
  await vscode.commands.executeCommand("cairn.dataCopyHash", newest);
  assert.equal(await vscode.env.clipboard.readText(), newest?.version.md5);
  await vscode.commands.executeCommand("cairn.dataCopyPath", newest);
  assert.equal(await vscode.env.clipboard.readText(), "rows.csv");
  await vscode.commands.executeCommand("cairn.dataReveal", {
    ...newest?.parent,
    path: "rows.csv",
    version: 1,
  });
});

test("data is pushed to a folder, and pulled from it when it is not here any more", async () => {
  const remote = join(workspaceFolder(), "..", `${basename(workspaceFolder())}-remote`);
  await vscode.commands.executeCommand("cairn.dataAddRemote", remote);
  const pushed = await vscode.commands.executeCommand<DataPushResult>("cairn.dataPush");
  assert.ok(pushed.sent >= 2, `${pushed.sent} were sent`);
  await vscode.workspace.fs.delete(uriOf("rows.csv"));
  const pulled = await vscode.commands.executeCommand<DataPullResult>("cairn.dataPull");
  assert.equal(pulled.datasets.find(({ path }) => path === "rows.csv")?.state, "checkedOut");
  assert.equal(await readFile(uriOf("rows.csv").fsPath, "utf8"), second);
  await rm(remote, { recursive: true });
});

test("a stage says why it has to run, and is up to date after that", async () => {
  const definition =
    "stages:\n  copy:\n    cmd: cp rows.csv copied.csv\n    deps: [rows.csv]\n    outs: [copied.csv]\n";
  await writeFile(uriOf("dvc.yaml").fsPath, definition);
  const stage = async () => {
    await vscode.commands.executeCommand("cairn.dataRefresh");
    const group = (await childrenOf()).find((node) => node.kind === "stages");
    return group ? (await childrenOf(group)).find((node) => node.kind === "stage") : undefined;
  };
  const before = await poll("the stage", stage);
  assert.match(String((await itemOf(before)).description), /^has to run · .+/);
  const result = await vscode.commands.executeCommand<ReproResult>("cairn.repro", ["copy"]);
  assert.equal(result.stages[0]?.outcome, "ran");
  assert.equal(await readFile(uriOf("copied.csv").fsPath, "utf8"), second);
  const after = await poll("the stage", stage);
  assert.equal((await itemOf(after)).description, "up to date");
});
