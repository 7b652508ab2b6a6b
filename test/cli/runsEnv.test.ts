import { chmodSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { expect, test } from "vitest";
import { waitUntil } from "../core/runs/waitUntil.ts";
import { type CliProject, cliProject } from "./cli.ts";

/** The project's virtual environment, with no more of Python than its files. */
function install(project: CliProject, packages: Record<string, string>, version = "3.12.1"): void {
  const folder = path.join(project.folder, ".venv");
  rmSync(folder, { recursive: true, force: true });
  const site = path.join(folder, "lib", "python3.12", "site-packages");
  mkdirSync(path.join(folder, "bin"), { recursive: true });
  writeFileSync(
    path.join(folder, "pyvenv.cfg"),
    `home = /usr/bin\nimplementation = CPython\nversion = ${version}\n`,
  );
  writeFileSync(path.join(folder, "bin", "python"), "#!/bin/sh\nexit 0\n");
  chmodSync(path.join(folder, "bin", "python"), 0o755);
  for (const [name, release] of Object.entries(packages)) {
    const info = path.join(site, `${name}-${release}.dist-info`);
    mkdirSync(info, { recursive: true });
    writeFileSync(path.join(info, "METADATA"), `Name: ${name}\nVersion: ${release}\n`);
  }
}

/** Runs a command to its end and waits for what is recorded beside it. */
async function record(project: CliProject): Promise<string> {
  const { id } = await project.json("run", ["run", "--", "python", "train.py"]);
  const runId = String(id);
  await waitUntil(
    async () => (await project.cairn(["runs", "env", runId])).code === 0,
    "the environment to be recorded",
  );
  return runId;
}

test("`runs env` shows one environment and the difference of two", { timeout: 90_000 }, async () => {
  const project = cliProject();
  install(project, { numpy: "2.1.0", torch: "2.5.0", mlflow: "3.0.0" });
  const a = await record(project);
  install(project, { numpy: "2.2.0", torch: "2.5.0", pandas: "2.0.0" }, "3.12.4");
  const b = await record(project);

  const one = await project.json("runs-env", ["runs", "env", a]);
  expect(one).toMatchObject({
    differences: [],
    runs: [{ id: a, environment: { python: { version: "3.12.1", kind: "venv" } } }],
  });
  const shown = await project.cairn(["runs", "env", a.slice(0, 12)]);
  expect(shown.stdout).toMatch(/python +CPython 3\.12\.1 \(venv\)/);
  expect(shown.stdout).toMatch(/numpy +2\.1\.0/);

  const { differences } = await project.json("runs-env", ["runs", "env", a, b]);
  expect(differences).toEqual([
    { group: "python", name: "Version", a: "CPython 3.12.1", b: "CPython 3.12.4" },
    { group: "package", name: "mlflow", a: "3.0.0", b: null },
    { group: "package", name: "numpy", a: "2.1.0", b: "2.2.0" },
    { group: "package", name: "pandas", a: null, b: "2.0.0" },
  ]);
  const compared = await project.cairn(["runs", "env", a, b]);
  expect(compared.stdout).toMatch(/python: version +CPython 3\.12\.1 +CPython 3\.12\.4/);
  expect(compared.stdout).toMatch(/pandas +- +2\.0\.0/);
  expect(compared.stdout).not.toContain("torch");
  expect((await project.cairn(["runs", "env", a, a])).stdout).toBe("The environments are the same.\n");
});

test("a run of which none is recorded says so", { timeout: 60_000 }, async () => {
  const project = cliProject();
  const { id } = await project.json("run", ["run", "--", "true"]);
  await waitUntil(
    async () => (await project.cairn(["runs", "env", String(id)])).code === 0,
    "the environment",
  );
  rmSync(path.join(project.folder, ".cairn", "artifacts", "0", String(id)), { recursive: true });
  const { code, stderr } = await project.cairn(["runs", "env", String(id)]);
  expect(code).toBe(1);
  expect(stderr).toMatch(/No environment is recorded of the run .*\n.*cairn run/);
});
