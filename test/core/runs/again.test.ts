import { chmodSync, mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { againSpec } from "../../../src/host/runs/againSpec.ts";
import { baseEnvironment } from "../../../src/core/runs/runEnvironment.ts";
import type { LaunchSpec } from "../../../src/shared/protocol.ts";
import { consoleText, launchProject, type LaunchProject, recorded } from "./launchProject.ts";

function otherFolder(): string {
  const folder = realpathSync(mkdtempSync(path.join(os.tmpdir(), "cairn-again-")));
  onTestFinished(() => {
    rmSync(folder, { recursive: true, force: true });
  });
  return folder;
}

/** Starts a run, then one as its record says; what both printed. */
async function twice(project: LaunchProject, spec: LaunchSpec) {
  const first = await project.launcher.start(spec);
  await project.launcher.wait(first.runId);
  const run = await project.store.getRun(first.runId);
  const { entries } = await project.launcher.entries();
  const { where, params, ...how } = againSpec(run, entries, true);
  const again = "entry" in how ? { entry: how.entry.name } : { command: how.command };
  const second = await project.launcher.start({ ...where, ...again, params });
  await project.launcher.wait(second.runId);
  const of = async (runId: string) => {
    const { params: logged, inputs } = await recorded(project, runId);
    const data = inputs.map(({ dataset }) => [dataset.name, dataset.digest]);
    return { text: await consoleText(project, runId), logged, data };
  };
  return { run, first: await of(first.runId), second: await of(second.runId) };
}

const posix = test.skipIf(process.platform === "win32");

posix("a run from a sub-folder starts there again, with its parameters, data and environment", async () => {
  const project = await launchProject();
  project.write("sub/dir/here.txt", "");
  project.write("sub/data.csv", "a\n1\n");
  const environment = otherFolder();
  mkdirSync(path.join(environment, "bin"));
  writeFileSync(path.join(environment, "bin", "only-here"), "#!/bin/sh\necho from the environment $1\n");
  chmodSync(path.join(environment, "bin", "only-here"), 0o755);
  const { run, first, second } = await twice(project, {
    command: ["sh", "-c", "pwd; ls; only-here $VIRTUAL_ENV; echo seed $PYTHONHASHSEED"],
    cwd: path.join(project.root, "sub", "dir"),
    params: { lr: "0.1" },
    data: ["../data.csv"],
    env: { VIRTUAL_ENV: environment, PYTHONHASHSEED: "7", MY_API_KEY: "geheim-4711" },
  });
  expect(first.text).toBe(`${project.root}/sub/dir\nhere.txt\nfrom the environment ${environment}\nseed 7\n`);
  expect(second).toEqual(first);
  expect(second.logged).toEqual({ lr: "0.1" });
  expect(second.data).toHaveLength(1);
  expect(JSON.stringify(run.data.tags)).toContain('\\"cwd\\":\\"sub/dir\\"');
  expect(JSON.stringify(run.data.tags)).not.toContain("geheim");
});

posix(
  "a run from elsewhere starts there again; one from the project's top leaves no record of it",
  async () => {
    const project = await launchProject();
    const elsewhere = otherFolder();
    const away = await twice(project, { command: ["pwd"], cwd: elsewhere });
    expect([away.first.text, away.second.text]).toEqual([`${elsewhere}\n`, `${elsewhere}\n`]);
    const top = await twice(project, { command: ["pwd"] });
    expect(top.second.text).toBe(`${project.root}\n`);
    expect(top.run.data.tags.some(({ key }) => key === "cairn.launch")).toBe(false);
  },
);

posix("an entry runs again where it says itself, with the data that was named besides", async () => {
  const project = await launchProject();
  project.write("sub/a.txt", "");
  project.write("more.csv", "a\n");
  project.write("cairn.yaml", "entries: {where: {command: 'pwd; echo {n}', cwd: sub, params: {n: 1}}}\n");
  const { first, second } = await twice(project, {
    entry: "where",
    params: { n: "2" },
    data: ["../more.csv"],
  });
  expect(first.text).toBe(`${project.root}/sub\n2\n`);
  expect(second).toEqual(first);
});

test("the environment that is active by its variables is first on the PATH, once", () => {
  const root = otherFolder();
  const environment = otherFolder();
  const bin = path.join(environment, process.platform === "win32" ? "Scripts" : "bin");
  mkdirSync(bin);
  const PATH = ["/a", "/b"].join(path.delimiter);
  const made = baseEnvironment(root, { VIRTUAL_ENV: environment, PATH });
  expect(made.PATH).toBe([bin, PATH].join(path.delimiter));
  expect(baseEnvironment(root, made).PATH).toBe(made.PATH);
  const gone = { VIRTUAL_ENV: path.join(root, "gone"), PATH };
  expect(baseEnvironment(root, gone).PATH).toBe(PATH);
});
