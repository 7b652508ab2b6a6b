import { existsSync } from "node:fs";
import os from "node:os";
import { setTimeout as delay } from "node:timers/promises";
import { type ProjectPaths, readerPaths } from "../../core/project/index.js";
import { CairnError } from "../../shared/errors.js";
import { PROTOCOL_VERSION } from "../../shared/protocol.js";
import { VERSION } from "../../shared/version.js";
import { type Introduction, openConnection, type SocketClient } from "./connection.js";
import { type EngineFile, readEngineFile, readLockHolder } from "./handshake.js";
import { type StartingEngine, startProcess } from "./startProcess.js";
import type { ConnectOptions } from "./types.js";
import { compareVersions } from "./versions.js";

const TIMEOUT_MS = 20_000;
/** An engine that takes the connection and says nothing for so long hangs. */
const HELLO_TIMEOUT_MS = 5000;
const POLL_MS = 15;
const RETRY_MS = 200;
const MAX_REPLACEMENTS = 3;

/** One search for an engine, with its limits of time and of replacements. */
export class Attempt {
  private readonly deadline: number;
  private readonly introduction: Introduction;
  private starting: StartingEngine | undefined;
  private replacements = 0;
  private readOnly = false;
  /** Why the last engine gave way. */
  private held: CairnError | undefined;

  constructor(
    private paths: ProjectPaths,
    private readonly options: ConnectOptions,
  ) {
    this.deadline = Date.now() + (options.timeoutMs ?? TIMEOUT_MS);
    const { kind, version = VERSION, protocol = PROTOCOL_VERSION } = options;
    this.introduction = { kind, version, protocol };
  }

  async run(): Promise<SocketClient> {
    for (;;) {
      const file = this.readLocalFile();
      const client = file && (await this.tryFile(file));
      if (client) return client;
      if (this.options.start === "never") throw noEngine(this.paths.root);
      await this.start(file);
    }
  }

  dispose(): void {
    this.starting?.release();
  }

  /** On another host its socket means nothing; whether that engine lives is for the lock to tell. */
  private readLocalFile(): EngineFile | undefined {
    const file = readEngineFile(this.paths.engineFile);
    return file?.host === os.hostname() ? file : undefined;
  }

  private async tryFile(file: EngineFile): Promise<SocketClient | undefined> {
    let client: SocketClient;
    try {
      client = await openConnection(file, this.introduction, Math.min(HELLO_TIMEOUT_MS, this.remaining()));
    } catch (error) {
      if (error instanceof CairnError && error.code === "unavailable") return undefined;
      // The file may be that of an engine which has just been replaced.
      if (readEngineFile(this.paths.engineFile)?.token !== file.token) return undefined;
      throw error;
    }
    try {
      if (!this.mustReplace(client)) return client;
      await this.replace(client);
      return undefined;
    } catch (error) {
      client.dispose();
      throw error;
    }
  }

  private mustReplace(client: SocketClient): boolean {
    const { start } = this.options;
    const { version, protocol } = this.introduction;
    const { engine } = client;
    if (start === "always" && this.replacements === 0 && this.starting === undefined) return true;
    const age = protocol - engine.protocol || compareVersions(version, engine.version);
    if (engine.protocol === protocol) return age > 0 && start !== "never";
    if (age > 0 && start !== "never") return true;
    throw new CairnError(
      "tooNew",
      `A Cairn ${engine.version} runs for this project, and this one (${version}) cannot talk to it.`,
      {
        hint:
          age < 0
            ? "Update this Cairn, or end the other with `cairn engine stop`."
            : "End it with `cairn engine stop`.",
      },
    );
  }

  /** Asks the engine to hand over and waits until it has let go of the project. */
  private async replace(client: SocketClient): Promise<void> {
    if (++this.replacements > MAX_REPLACEMENTS) {
      throw new CairnError("busy", `Another version of Cairn keeps taking the project ${this.paths.root}.`, {
        hint: "Update Cairn everywhere it runs, and close what cannot be updated.",
      });
    }
    const closed = new Promise<void>((resolve) => client.onClose(resolve));
    await client.request(
      "drain",
      { reason: `Cairn ${this.introduction.version} takes over` },
      { timeoutMs: this.remaining() },
    );
    await Promise.race([closed, this.pause(this.remaining())]);
    client.dispose();
  }

  /** Starts an engine and waits until it, or another that was quicker, has written its handshake. */
  private async start(stale: EngineFile | undefined): Promise<void> {
    this.starting?.release();
    const starting = await startProcess(this.paths, this.options, this.readOnly);
    this.starting = starting;
    while (!starting.ended) {
      const file = this.readLocalFile();
      if (file && (file.pid !== stale?.pid || file.startTime !== stale.startTime)) return;
      if (this.remaining() <= POLL_MS) throw this.held ?? starting.failure();
      await this.pause(POLL_MS);
    }
    const failure = starting.failure();
    const holder = readLockHolder(`${this.paths.lock}.json`);
    const elsewhere = starting.gaveWay && holder !== undefined && holder.host !== os.hostname();
    if ((elsewhere || failure.code === "refused") && this.turnToReading()) return;
    if (!starting.gaveWay || elsewhere || this.remaining() <= RETRY_MS) throw failure;
    this.held = failure;
    await this.pause(RETRY_MS);
  }

  /** From here on an engine is looked for, or started, that only reads. */
  private turnToReading(): boolean {
    if (this.readOnly || !this.options.mayOnlyRead || !existsSync(this.paths.database)) return false;
    this.readOnly = true;
    this.paths = readerPaths(this.paths);
    return true;
  }

  private remaining(): number {
    return Math.max(1, this.deadline - Date.now());
  }

  private async pause(ms: number): Promise<void> {
    this.options.signal?.throwIfAborted();
    await delay(ms, undefined, { signal: this.options.signal });
  }
}

function noEngine(root: string): CairnError {
  return new CairnError("unavailable", `No engine of Cairn runs for ${root}.`, {
    hint: "Opening the project in VS Code or `cairn engine start` starts one.",
  });
}
