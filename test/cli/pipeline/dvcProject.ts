import { execFileSync } from "node:child_process";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { expect } from "vitest";
import { pythonOf } from "../../peers/env.ts";
import { cliProject, type CliProject } from "../cli.ts";

/** A trusted project that is a DVC repository too, without Git. */
export interface PipelineProject extends CliProject {
  dvc: (...args: string[]) => string;
  put: (file: string, text: string) => void;
  read: (file: string) => string;
  /** What `cairn repro ARGS --json` did: outcomes by stage. */
  repro: (args?: string[], code?: number) => Promise<Record<string, string>>;
  /** The states of all stages. */
  states: () => Promise<Record<string, string>>;
  /** Why each stage is not unchanged. */
  reasons: () => Promise<Record<string, string[]>>;
}

interface Done {
  stages: { name: string; outcome: string; reasons: string[] }[];
}
interface Looked {
  stages: { name: string; state: string; reasons: string[] }[];
}

export async function pipelineProject(options: { git?: boolean } = {}): Promise<PipelineProject> {
  const python = await pythonOf("data");
  const project = cliProject();
  const { folder } = project;
  const env = {
    ...process.env,
    DVC_NO_ANALYTICS: "1",
    DVC_SITE_CACHE_DIR: path.join(folder, "..", "site"),
    HOME: path.join(folder, ".."),
  };
  const dvc = (...args: string[]) =>
    execFileSync(python, ["-m", "dvc", ...args], { cwd: folder, env, encoding: "utf8", stdio: "pipe" });
  if (options.git === true) execFileSync("git", ["init", "-q", folder]);
  dvc("init", "--quiet", ...(options.git === true ? [] : ["--no-scm"]));
  expect((await project.cairn(["trust"])).code).toBe(0);
  const look = async () => (await project.json("repro-dry", ["repro", "--dry"])) as unknown as Looked;
  return {
    ...project,
    dvc,
    put(file, text) {
      mkdirSync(path.dirname(path.join(folder, file)), { recursive: true });
      writeFileSync(path.join(folder, file), text);
    },
    read: (file) => readFileSync(path.join(folder, file), "utf8"),
    async repro(args = [], code = 0) {
      const done = (await project.json("repro", ["repro", ...args], code)) as unknown as Done;
      return Object.fromEntries(done.stages.map(({ name, outcome }) => [name, outcome]));
    },
    async states() {
      return Object.fromEntries((await look()).stages.map(({ name, state }) => [name, state]));
    },
    async reasons() {
      const { stages } = await look();
      return Object.fromEntries(
        stages.filter(({ state }) => state !== "unchanged").map(({ name, reasons }) => [name, reasons]),
      );
    },
  };
}
