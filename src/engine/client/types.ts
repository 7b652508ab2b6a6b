import type { ClientKind, EngineNotifications, EngineRequests, JobInfo } from "../../shared/protocol.js";
import type { NotificationName, RequestName } from "../../shared/protocol.js";

export interface RequestOptions {
  signal?: AbortSignal;
  /** Milliseconds after which an engine that does not answer is given up; 2 minutes, none for `jobWait`. */
  timeoutMs?: number;
  /** With `jobWait`: each state of that job. */
  onProgress?: (job: JobInfo) => void;
}

/** One way to ask, whether the engine is another process or this one. */
export interface EngineClient {
  /** What the engine said of itself. */
  readonly engine: EngineRequests["hello"]["result"];
  /** Throws CairnError: the engine's own, `unavailable` when it went away or does not answer, `cancelled`. */
  request<M extends RequestName>(
    method: M,
    params: EngineRequests[M]["params"],
    options?: RequestOptions,
  ): Promise<EngineRequests[M]["result"]>;
  on<N extends NotificationName>(name: N, listener: (params: EngineNotifications[N]) => void): () => void;
  /** Calls back once when the connection ends, whoever ended it. */
  onClose(listener: () => void): () => void;
  dispose(): void;
}

export interface ConnectOptions {
  /** The project folder, or a folder that leads to it. */
  project: string;
  /** Where the setting `cairn.dataDir` puts the data. */
  dataDir?: string;
  kind: ClientKind;
  /** This client's version and protocol; those of this build unless a test says otherwise. */
  version?: string;
  protocol?: number;
  /** `never` throws `unavailable` where no engine runs; `always` replaces the one that runs. */
  start: "ifNeeded" | "never" | "always";
  /** An engine that only reads will do where another host owns the project or its folder cannot be written. */
  mayOnlyRead?: boolean;
  /** The Node executable of the setting `cairn.nodePath`. */
  node?: string;
  /** Further arguments for an engine that this client starts. */
  engineArguments?: string[];
  onNotification?: (name: NotificationName, params: EngineNotifications[NotificationName]) => void;
  signal?: AbortSignal;
  /** For everything together: finding, starting, handing over. 20 seconds. */
  timeoutMs?: number;
}
