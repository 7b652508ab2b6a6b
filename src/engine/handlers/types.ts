import type * as z from "zod";
import type { EngineRequests, RequestName, WindowState } from "../../shared/protocol.js";

/** The connection that a request came over, as handlers see it. */
export interface Session {
  subscribe(metrics: readonly string[], console: readonly string[]): void;
  setWindow(state: WindowState): void;
}

/** A request under way. */
export interface Call {
  session: Session;
  /** The client gave up or went away. */
  signal: AbortSignal;
}

export interface Handler<M extends RequestName> {
  params: z.ZodType<EngineRequests[M]["params"]>;
  handle(params: EngineRequests[M]["params"], call: Call): Promise<EngineRequests[M]["result"]>;
}

/** One handler for each request but `hello`, which belongs to the connection. */
export type Handlers = { [M in Exclude<RequestName, "hello">]: Handler<M> };
