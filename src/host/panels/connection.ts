import type * as vscode from "vscode";
import type { ConnectionState, ProjectConnection } from "../engine/projectConnection.js";

/** What a panel is told of its connection to the engine. */
export interface Connection {
  connected: boolean;
  message?: string;
}

/** Tells a panel of its project's connection, and to load again when it is back. */
export function followConnection(
  project: ProjectConnection,
  tell: (connection: Connection) => void,
  reload: () => void,
): vscode.Disposable {
  return project.onState((state) => {
    tell(connectionOf(state));
    if (state.kind === "connected") reload();
  });
}

function connectionOf(state: ConnectionState): Connection {
  if (state.kind === "connected") return { connected: true };
  return state.kind === "failed" ? { connected: false, message: state.error.message } : { connected: false };
}
