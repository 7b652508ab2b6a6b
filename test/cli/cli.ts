import { type ChildProcess, spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import Ajv2020 from "ajv/dist/2020.js";
import { expect, onTestFinished } from "vitest";
import { readEngineFile } from "../../src/engine/client/index.js";
import { projectPaths } from "../../src/core/project/index.js";
import { CAPTURE_FOLDER } from "../../src/shared/capture.ts";
import { root } from "../host/paths.ts";

export interface Result {
  code: number | null;
  stdout: string;
  stderr: string;
}

export interface CliProject {
  folder: string;
  write: (file: string, text: string) => void;
  /** Runs `cairn ARGS` in the project, or in `cwd`. */
  cairn: (args: string[], options?: { cwd?: string; env?: Record<string, string> }) => Promise<Result>;
  /** The same, not waited for. */
  start: (args: string[]) => { child: ChildProcess; output: () => string; result: Promise<Result> };
  /** With --json: the document, which must fit its schema. */
  json: (schema: string, args: string[], code?: number) => Promise<Record<string, unknown>>;
}

const cli = path.join(root, "dist", "cli.js");
const TIMEOUT_MS = 200_000;

/** A clean project folder and a clean user's configuration. */
export function cliProject(name = "project"): CliProject {
  const base = realpathSync(mkdtempSync(path.join(os.tmpdir(), "cairn-cli-")));
  const folder = path.join(base, name);
  mkdirSync(folder, { recursive: true });
  const environment = { ...process.env, XDG_CONFIG_HOME: path.join(base, "config"), NO_COLOR: "" };
  // The test runner's own colours and trackers must not decide what is seen here.
  for (const key of ["FORCE_COLOR", "NODE_OPTIONS", "MLFLOW_TRACKING_URI"])
    Reflect.deleteProperty(environment, key);
  const start = (args: string[], cwd = folder, env: Record<string, string> = {}) => {
    const child = spawn(process.execPath, [cli, ...args], {
      cwd,
      env: { ...environment, ...env },
      timeout: TIMEOUT_MS,
    });
    let stdout = "";
    let stderr = "";
    child.stdout.setEncoding("utf8").on("data", (text: string) => (stdout += text));
    child.stderr.setEncoding("utf8").on("data", (text: string) => (stderr += text));
    const result = new Promise<Result>((resolve, reject) => {
      child.once("error", reject);
      child.once("close", (code) => resolve({ code, stdout, stderr }));
    });
    return { child, output: () => stdout, result };
  };
  const project: CliProject = {
    folder,
    write: (file, text) => writeFileSync(path.join(folder, file), text),
    cairn: (args, { cwd, env } = {}) => start(args, cwd, env).result,
    start: (args) => start(args),
    async json(schema, args, code = 0) {
      const groups = ["runs", "engine", "alerts", "data"].includes(args[0] ?? "") ? 2 : 1;
      const words = args[0] === "data" && args[1] === "remote" ? 3 : groups;
      const result = await project.cairn(args.toSpliced(words, 0, "--json"));
      expect(result.code, result.stderr + result.stdout).toBe(code);
      const document = JSON.parse(result.stdout) as Record<string, unknown>;
      expectValid(schema, document);
      return document;
    },
  };
  onTestFinished(async () => {
    const { engineFile } = projectPaths(folder, "");
    const engine = readEngineFile(engineFile);
    if (engine !== undefined) await start(["engine", "stop"]).result;
    rmSync(base, { recursive: true, force: true });
  });
  return project;
}

/** Fails with the reasons unless `document` fits `media/schema/NAME.schema.json`. */
export function expectValid(name: string, document: unknown): void {
  const file = path.join(root, "media", "schema", `${name}.schema.json`);
  const ajv = new Ajv2020({ strict: true, allowUnionTypes: true, strictRequired: false });
  const validate = ajv.compile(JSON.parse(readFileSync(file, "utf8")) as object);
  expect(validate(document), JSON.stringify(validate.errors)).toBe(true);
}

/** The document of a run without what is recorded of its surroundings, which comes when it comes. */
export function withoutCapture(run: Record<string, unknown>): Record<string, unknown> {
  const artifacts = (run.artifacts as string[]).filter((name) => !name.startsWith(`${CAPTURE_FOLDER}/`));
  const metrics = Object.entries(run.metrics as object).filter(([name]) => !name.startsWith("system/"));
  return { ...run, code: undefined, artifacts, metrics: Object.fromEntries(metrics) };
}
