import net from "node:net";
import {
  CancellationTokenSource,
  ErrorCodes,
  type MessageConnection,
  ResponseError,
} from "vscode-jsonrpc/node";
import { CairnError, type ErrorShape, fromErrorShape, toError } from "../../shared/errors.js";
import type { EngineNotifications, EngineRequests, NotificationName } from "../../shared/protocol.js";
import type { RequestName } from "../../shared/protocol.js";
import type { EngineFile } from "./handshake.js";
import { Inbox } from "./inbox.js";
import { decodeNumbers } from "./numbers.js";
import { Listeners } from "./listeners.js";
import type { EngineClient, RequestOptions } from "./types.js";

const REQUEST_TIMEOUT_MS = 120_000;

/** A connection to a running engine, after its `hello`. */
export class SocketClient implements EngineClient {
  engine: EngineRequests["hello"]["result"] = { version: "", protocol: 0, project: "", readOnly: false };
  private readonly listeners = new Listeners();
  private readonly closeListeners = new Set<() => void>();
  /** Nothing more can be asked. */
  private closed = false;
  private ended = false;
  private readonly rpc: MessageConnection;

  constructor(private readonly socket: net.Socket) {
    const inbox = new Inbox(socket);
    const { rpc } = inbox;
    this.rpc = rpc;
    rpc.onNotification((name: string, params: unknown) => {
      this.listeners.emit(name as NotificationName, params as EngineNotifications[NotificationName]);
    });
    rpc.onError(([error]) => {
      socket.destroy(error);
    });
    socket.once("close", () => {
      this.closed = true;
      void inbox.drained().then(() => {
        this.end();
      });
    });
    rpc.listen();
  }

  async request<M extends RequestName>(
    method: M,
    params: EngineRequests[M]["params"],
    options: RequestOptions = {},
  ): Promise<EngineRequests[M]["result"]> {
    if (this.closed) throw gone();
    options.signal?.throwIfAborted();
    const stop = options.onProgress && this.reportJob(params as { jobId?: string }, options.onProgress);
    const cancellation = new CancellationTokenSource();
    const given = abandonment(method, options);
    given.signal.addEventListener("abort", () => {
      cancellation.cancel();
    });
    try {
      const answer = this.rpc.sendRequest(method, params, cancellation.token);
      const result: unknown = await Promise.race([answer, given.promise]);
      return decodeNumbers(method, result) as EngineRequests[M]["result"];
    } catch (thrown) {
      throw this.describe(thrown);
    } finally {
      stop?.();
      given.dispose();
      cancellation.dispose();
    }
  }

  on<N extends NotificationName>(name: N, listener: (params: EngineNotifications[N]) => void): () => void {
    return this.listeners.add(name, listener);
  }

  onAny(listener: (name: NotificationName, params: EngineNotifications[NotificationName]) => void): void {
    this.listeners.addAny(listener);
  }

  onClose(listener: () => void): () => void {
    this.closeListeners.add(listener);
    return () => this.closeListeners.delete(listener);
  }

  dispose(): void {
    this.end();
  }

  private reportJob(params: { jobId?: string }, onProgress: (job: EngineNotifications["job"]) => void) {
    return this.on("job", (job) => {
      if (job.jobId === params.jobId) onProgress(job);
    });
  }

  private end(): void {
    if (this.ended) return;
    this.closed = true;
    this.ended = true;
    this.rpc.dispose();
    this.socket.destroy();
    for (const listener of this.closeListeners) listener();
  }

  private describe(thrown: unknown): Error {
    if (thrown instanceof CairnError) return thrown;
    const data = thrown instanceof ResponseError ? (thrown.data as ErrorShape | undefined) : undefined;
    if (data?.code !== undefined) return fromErrorShape(data);
    // An engine that was just killed still takes the connection, and only writing to it fails.
    const unwritten = thrown instanceof ResponseError && thrown.code === ErrorCodes.MessageWriteError;
    if (this.closed || unwritten) return gone(thrown);
    return new CairnError("internal", toError(thrown).message, { cause: thrown });
  }
}

function gone(cause?: unknown): CairnError {
  return new CairnError("unavailable", "The connection to Cairn's engine ended before it answered.", {
    hint: "Try again: a new engine is started when it is needed.",
    cause,
  });
}

/** Rejects when the caller gives up or the engine stays silent for too long. */
function abandonment(method: RequestName, options: RequestOptions) {
  const controller = new AbortController();
  const limit = options.timeoutMs ?? (method === "jobWait" ? 0 : REQUEST_TIMEOUT_MS);
  let give: (error: CairnError) => void = () => undefined;
  const promise = new Promise<never>((_resolve, reject) => {
    give = (error) => {
      controller.abort();
      reject(error);
    };
  });
  promise.catch(() => undefined);
  const onAbort = () => {
    give(new CairnError("cancelled", "Cancelled."));
  };
  options.signal?.addEventListener("abort", onAbort);
  const timer =
    limit > 0
      ? setTimeout(() => {
          give(
            new CairnError("unavailable", `Cairn's engine did not answer ${method} in ${limit / 1000} s.`),
          );
        }, limit)
      : undefined;
  return {
    promise,
    signal: controller.signal,
    dispose: () => {
      clearTimeout(timer);
      options.signal?.removeEventListener("abort", onAbort);
    },
  };
}

/** Who is asking. */
export interface Introduction {
  kind: EngineRequests["hello"]["params"]["kind"];
  version: string;
  protocol: number;
}

/** Connects to the engine that `file` names and introduces itself. Throws CairnError `unavailable` or `refused`. */
export async function openConnection(
  file: Pick<EngineFile, "socket" | "token">,
  introduction: Introduction,
  timeoutMs: number,
): Promise<SocketClient> {
  const socket = await dial(file.socket, timeoutMs);
  const client = new SocketClient(socket);
  try {
    client.engine = await client.request("hello", { token: file.token, ...introduction }, { timeoutMs });
    return client;
  } catch (error) {
    client.dispose();
    throw error;
  }
}

function dial(address: string, timeoutMs: number): Promise<net.Socket> {
  return new Promise((resolve, reject) => {
    const socket = net.connect(address);
    const timer = setTimeout(() => socket.destroy(new Error("no answer")), timeoutMs);
    socket.once("connect", () => {
      clearTimeout(timer);
      resolve(socket);
    });
    socket.on("error", (error: NodeJS.ErrnoException) => {
      clearTimeout(timer);
      reject(
        new CairnError("unavailable", `No engine answers at ${address}: ${error.code ?? error.message}.`, {
          cause: error,
        }),
      );
    });
  });
}
