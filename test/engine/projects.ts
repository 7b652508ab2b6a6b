import { type ChildProcess, spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, realpathSync, rmSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { afterEach } from "vitest";
import { type ProjectPaths, projectPaths } from "../../src/core/project/index.ts";
import { connectEngine, type ConnectOptions, type EngineClient } from "../../src/engine/client/index.ts";
import { readEngineFile } from "../../src/engine/client/handshake.ts";
import { root } from "../host/paths.ts";

process.env.CAIRN_DIST ??= path.join(root, "dist");
export const dist = process.env.CAIRN_DIST;

/** Polls until `condition` gives something true; fails after `timeoutMs`. */
export async function until<T>(
  condition: () => T | Promise<T>,
  what: string,
  timeoutMs = 15_000,
): Promise<NonNullable<T>> {
  const deadline = Date.now() + timeoutMs;
  for (;;) {
    const value = await condition();
    if (value) return value;
    if (Date.now() > deadline) throw new Error(`Not within ${timeoutMs} ms: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

/** An engine started without a client. */
export interface Started {
  child: ChildProcess;
  stderr: () => string;
  /** Exit code, or the signal's name. */
  ended: Promise<number | string>;
}

/** A project folder that is removed, with all engines of it ended, after the test. */
export class TestProject {
  readonly folder: string;
  readonly paths: ProjectPaths;
  private readonly clients: EngineClient[] = [];
  private readonly started: Started[] = [];
  private readonly pids = new Set<number>();
  private readonly undo: (() => void)[] = [];

  constructor(name = "project") {
    const base = realpathSync(mkdtempSync(path.join(os.tmpdir(), "cairn-test-")));
    this.folder = path.join(base, name);
    mkdirSync(this.folder, { recursive: true });
    this.paths = projectPaths(this.folder, "");
  }

  get engineFile() {
    return readEngineFile(this.paths.engineFile);
  }

  async connect(options: Partial<ConnectOptions> = {}): Promise<EngineClient> {
    const client = await connectEngine({ project: this.folder, kind: "test", start: "ifNeeded", ...options });
    this.clients.push(client);
    this.remember();
    return client;
  }

  /** Starts the engine's process by itself. */
  startEngine(...args: string[]): Started {
    const child = spawn(process.execPath, [path.join(dist, "engine.js"), "--project", this.folder, ...args], {
      stdio: ["ignore", "ignore", "pipe"],
    });
    let stderr = "";
    child.stderr.on("data", (data: Buffer) => {
      stderr += data.toString("utf8");
    });
    const ended = new Promise<number | string>((resolve) => {
      child.once("close", (code, signal) => {
        resolve(code ?? signal ?? "");
      });
    });
    const started = { child, stderr: () => stderr, ended };
    this.started.push(started);
    return started;
  }

  /** The pid of the engine that runs. */
  async enginePid(): Promise<number> {
    const file = await until(() => this.engineFile, "an engine has written engine.json");
    this.remember();
    return file.pid;
  }

  /** Before the folder is removed. */
  onDispose(undo: () => void): void {
    this.undo.push(undo);
  }

  async killEngine(): Promise<void> {
    const pid = await this.enginePid();
    process.kill(pid, "SIGKILL");
    await until(() => !isAlive(pid), "the engine is dead");
  }

  async dispose(): Promise<void> {
    this.remember();
    for (const client of this.clients) client.dispose();
    for (const { child } of this.started) child.kill("SIGKILL");
    await Promise.all(this.started.map(({ ended }) => ended));
    for (const pid of this.pids) if (isAlive(pid)) process.kill(pid, "SIGKILL");
    for (const pid of this.pids) await until(() => !isAlive(pid), "the engine is gone");
    for (const undo of this.undo.splice(0)) undo();
    rmSync(path.dirname(this.folder), { recursive: true, force: true });
    rmSync(this.paths.socket, { force: true });
  }

  private remember(): void {
    const pid = this.engineFile?.pid;
    if (pid !== undefined && pid !== process.pid) this.pids.add(pid);
  }
}

const projects: TestProject[] = [];

export function testProject(name?: string): TestProject {
  const project = new TestProject(name);
  projects.push(project);
  return project;
}

afterEach(async () => {
  for (const project of projects.splice(0)) await project.dispose();
});
