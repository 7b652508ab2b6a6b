import { existsSync } from "node:fs";
import path from "node:path";
import * as vscode from "vscode";
import { ReconnectingEngine, type RequestOptions } from "../../engine/client/index.js";
import { type ErrorShape, toErrorShape } from "../../shared/errors.js";
import type { EngineNotifications, EngineRequests, RequestName } from "../../shared/protocol.js";
import { dataDirOf, engineOptions, isEngineAlive } from "./engineOptions.js";
import { type Interest, type InterestHandle, Interests } from "./interests.js";

/** `none`: nothing was recorded here. `idle`: something was, and nothing needed an engine yet. */
export type ConnectionState =
  | { kind: "none" | "idle" | "connecting" }
  /** `owner`: the other host whose project it is. */
  | { kind: "connected"; readOnly: boolean; owner?: string }
  | { kind: "failed"; error: ErrorShape };

type Forwarded = "changed" | "points" | "output" | "job" | "alert";
type Emitters = { [N in Forwarded]: vscode.EventEmitter<EngineNotifications[N]> };

/**
 * A workspace folder and its engine. Looking at the folder starts none and writes nothing: an engine that runs is
 * joined, and the first request starts one.
 */
export class ProjectConnection implements vscode.Disposable {
  private readonly stateEmitter = new vscode.EventEmitter<ConnectionState>();
  private readonly emitters: Emitters = {
    changed: new vscode.EventEmitter(),
    points: new vscode.EventEmitter(),
    output: new vscode.EventEmitter(),
    job: new vscode.EventEmitter(),
    alert: new vscode.EventEmitter(),
  };
  private readonly interests = new Interests((interest) => {
    void this.subscribe(interest);
  });
  private readonly watcher: vscode.FileSystemWatcher;
  private readonly engine: ReconnectingEngine;
  private current: ConnectionState;
  private disposed = false;

  readonly onState = this.stateEmitter.event;
  readonly onChanged = this.emitters.changed.event;
  readonly onPoints = this.emitters.points.event;
  readonly onOutput = this.emitters.output.event;
  readonly onJob = this.emitters.job.event;
  readonly onAlert = this.emitters.alert.event;

  constructor(
    readonly folder: vscode.WorkspaceFolder,
    private readonly log: vscode.LogOutputChannel,
  ) {
    this.current = this.resting();
    this.engine = new ReconnectingEngine({
      ...engineOptions(folder),
      onConnected: ({ version, readOnly, owner }) => {
        log.info(`Connected to the engine ${version} of ${this.name}.`);
        this.setState({ kind: "connected", readOnly, ...(owner === undefined ? {} : { owner }) });
      },
      onDisconnected: () => {
        log.info(`The engine of ${this.name} is gone.`);
        this.setState(this.resting());
      },
      onFailure: (error) => {
        log.warn(`No engine for ${this.name}: ${error.message}`);
        this.setState({ kind: "failed", error: toErrorShape(error) });
      },
    });
    this.forward();
    const files = new vscode.RelativePattern(vscode.Uri.file(dataDirOf(folder)), "{cairn.db,engine.json}");
    this.watcher = vscode.workspace.createFileSystemWatcher(files, false, true, true);
    this.watcher.onDidCreate(() => {
      if (this.current.kind === "none") this.setState(this.resting());
      this.joinRunning();
    });
    this.joinRunning();
  }

  /** Tells folders apart, also over reloads. */
  get key(): string {
    return this.folder.uri.toString();
  }

  get name(): string {
    return this.folder.name;
  }

  get state(): ConnectionState {
    return this.current;
  }

  /** Whether something was recorded here. */
  get hasDatabase(): boolean {
    return existsSync(path.join(dataDirOf(this.folder), "cairn.db"));
  }

  /** Finds or starts the engine. Throws a CairnError when there is none to be had. */
  async connect(): Promise<void> {
    if (!this.engine.connected && this.current.kind !== "connecting") this.setState({ kind: "connecting" });
    await this.engine.connect();
  }

  /** Asks the engine, which is found or started first. */
  async request<M extends RequestName>(
    method: M,
    params: EngineRequests[M]["params"],
    options?: RequestOptions,
  ): Promise<EngineRequests[M]["result"]> {
    await this.connect();
    return this.engine.request(method, params, options);
  }

  /** Asks for points and console output of runs, until the handle is disposed. */
  addInterest(interest: Partial<Interest> = {}): InterestHandle {
    return this.interests.add(interest);
  }

  /** Lets the engine finish, and waits until it is gone. The next request starts another. */
  async stopEngine(reason: string): Promise<void> {
    if (!this.engine.connected) return;
    const gone = new Promise<void>((resolve) => {
      const subscription = this.onState(() => {
        subscription.dispose();
        resolve();
      });
    });
    await this.engine.request("drain", { reason });
    await gone;
  }

  dispose(): void {
    this.disposed = true;
    this.engine.dispose();
    vscode.Disposable.from(this.watcher, this.stateEmitter, ...Object.values(this.emitters)).dispose();
  }

  private forward(): void {
    const { changed, points, output, job, alert } = this.emitters;
    this.engine.on("changed", (params) => {
      changed.fire(params);
    });
    this.engine.on("points", (params) => {
      points.fire(params);
    });
    this.engine.on("output", (params) => {
      output.fire(params);
    });
    this.engine.on("job", (params) => {
      job.fire(params);
    });
    this.engine.on("alert", (params) => {
      alert.fire(params);
    });
  }

  /** An engine that runs is there for runs or for other windows: show what it does. */
  private joinRunning(): void {
    if (this.engine.connected || !isEngineAlive(this.folder)) return;
    this.connect().catch((error: unknown) => {
      this.log.warn(`Failed to join the engine of ${this.name}: ${toErrorShape(error).message}`);
    });
  }

  private async subscribe(interest: { metrics: string[]; console: string[] }): Promise<void> {
    try {
      await this.engine.subscribe(interest);
    } catch (error) {
      this.log.warn(`Failed to subscribe to runs of ${this.name}: ${toErrorShape(error).message}`);
    }
  }

  private resting(): ConnectionState {
    return { kind: this.hasDatabase ? "idle" : "none" };
  }

  private setState(state: ConnectionState): void {
    if (this.disposed) return;
    this.current = state;
    this.stateEmitter.fire(state);
  }
}
