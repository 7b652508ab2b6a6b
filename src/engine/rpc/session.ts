import type { Socket } from "node:net";
import {
  type CancellationToken,
  createMessageConnection,
  type MessageConnection,
  ResponseError,
  SocketMessageReader,
} from "vscode-jsonrpc/node";
import * as z from "zod";
import type { Logger } from "../../core/logger.js";
import { CairnError, toError, toErrorShape } from "../../shared/errors.js";
import type { ClientKind, EngineRequests, RequestName, WindowState } from "../../shared/protocol.js";
import { sameToken } from "../access.js";
import { encodeNumbers } from "../client/numbers.js";
import type { Handlers } from "../handlers/types.js";
import type { Member } from "./audience.js";
import { dispatch } from "./dispatch.js";
import { Feed, type FeedSink } from "./feed.js";
import { CountingWriter } from "./messageWriter.js";

/** A client that leaves so much unread is cut off: answers cannot be left out. */
const MAX_BACKLOG_BYTES = 256 * 1024 * 1024;
/** Requests of one client under way at once. */
const MAX_REQUESTS = 1000;
const HELLO_MS = 10_000;
/** What a client of another protocol may ask. */
const ALWAYS: readonly string[] = ["hello", "drain"] satisfies RequestName[];

const hello: z.ZodType<EngineRequests["hello"]["params"]> = z.object({
  token: z.string().max(1000),
  protocol: z.int(),
  version: z.string().max(100),
  kind: z.enum(["vscode", "cli", "mcp", "test"]),
});

export interface SessionDeps {
  handlers: Handlers;
  token: string;
  protocol: number;
  welcome(): EngineRequests["hello"]["result"];
  experimentOf(runId: string): Promise<string | undefined>;
  logger: Logger;
}

/** One client's connection, from its first byte to its end. */
export class Session implements FeedSink, Member {
  readonly since = Date.now();
  readonly feed: Feed;
  client: { kind: ClientKind; version: string; protocol: number } | undefined;
  window: WindowState | undefined;
  private readonly writer: CountingWriter;
  private readonly rpc: MessageConnection;
  private readonly aborts = new Set<AbortController>();
  private readonly helloTimer: NodeJS.Timeout;
  private ended = false;

  constructor(
    private readonly socket: Socket,
    private readonly deps: SessionDeps,
    private readonly onEnd: (session: Session) => void,
  ) {
    this.writer = new CountingWriter(socket);
    this.feed = new Feed(this, (runId) => deps.experimentOf(runId));
    this.rpc = createMessageConnection(new SocketMessageReader(socket), this.writer);
    this.rpc.onRequest((method, params, token) => this.answer(method, params, token));
    this.rpc.onError(([error]) => {
      deps.logger.warn(`Failed to read from a client: ${error.message}`);
      socket.destroy();
    });
    this.helloTimer = setTimeout(() => {
      this.end();
    }, HELLO_MS);
    socket.once("close", () => {
      this.end();
    });
    this.rpc.listen();
  }

  /** Requests that were not answered yet. */
  get busy(): number {
    return this.aborts.size;
  }

  backlog(): number {
    return this.writer.backlog;
  }

  send: FeedSink["send"] = (name, params) => {
    if (!this.client || this.socket.destroyed) return;
    this.rpc.sendNotification(name, params).catch((error: unknown) => {
      this.deps.logger.debug(`Failed to tell a client ${name}: ${toError(error).message}`);
    });
  };

  subscribe(metrics: readonly string[], console: readonly string[]): void {
    this.feed.subscribe(metrics, console);
  }

  setWindow(state: WindowState): void {
    this.window = state;
  }

  end(): void {
    if (this.ended) return;
    this.ended = true;
    clearTimeout(this.helloTimer);
    this.feed.dispose();
    for (const abort of this.aborts) abort.abort();
    this.rpc.dispose();
    // What was written before must still arrive; a client that does not read it is not waited for.
    this.socket.destroySoon();
    setTimeout(() => this.socket.destroy(), 1000).unref();
    this.onEnd(this);
  }

  private async answer(method: string, params: unknown, token: CancellationToken): Promise<unknown> {
    const abort = new AbortController();
    token.onCancellationRequested(() => {
      abort.abort();
    });
    try {
      if (method === "hello") return this.welcome(params);
      this.admit(method);
      this.aborts.add(abort);
      const { handlers } = this.deps;
      const result = await dispatch(handlers, method, params, { session: this, signal: abort.signal });
      return encodeNumbers(method as RequestName, result as never);
    } catch (error) {
      throw this.describe(method, error);
    } finally {
      this.aborts.delete(abort);
    }
  }

  private welcome(params: unknown): EngineRequests["hello"]["result"] {
    const parsed = hello.safeParse(params);
    if (!parsed.success)
      throw new CairnError("invalid", `Wrong parameters of hello: ${z.prettifyError(parsed.error)}`);
    const { token, kind, version, protocol } = parsed.data;
    if (!sameToken(token, this.deps.token)) {
      setImmediate(() => {
        this.end();
      });
      throw new CairnError("refused", "The engine's token is another one.", {
        hint: "Reload the window: the engine was replaced.",
      });
    }
    clearTimeout(this.helloTimer);
    this.client = { kind, version, protocol };
    return this.deps.welcome();
  }

  private admit(method: string): void {
    if (!this.client) throw new CairnError("refused", `${method} came before hello.`);
    if (this.client.protocol !== this.deps.protocol && !ALWAYS.includes(method)) {
      const { protocol } = this.client;
      throw new CairnError("refused", `This engine speaks protocol ${this.deps.protocol}, not ${protocol}.`);
    }
    if (this.backlog() > MAX_BACKLOG_BYTES || this.busy >= MAX_REQUESTS) {
      this.deps.logger.warn(`A client (${this.client.kind}) asks without reading the answers: cut off.`);
      this.socket.destroy();
      throw new CairnError("busy", "Too many requests of this client wait for an answer.");
    }
  }

  private describe(method: string, thrown: unknown): ResponseError<unknown> {
    const shape = toErrorShape(thrown);
    if (shape.code === "internal") this.deps.logger.error(`${method}:`, toError(thrown).stack);
    return new ResponseError(-32000, shape.message, shape);
  }
}
