import type { ConnectionState } from "../engine/projectConnection.js";

/** What a panel is told of its connection to the engine. */
export function connectionOf(state: ConnectionState): { connected: boolean; message?: string } {
  if (state.kind === "connected") return { connected: true };
  return state.kind === "failed" ? { connected: false, message: state.error.message } : { connected: false };
}
