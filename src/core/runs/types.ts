import type {
  ConsoleChunk,
  ConsoleMatches,
  ConsoleQuery,
  EntryInfo,
  LaunchSpec,
} from "../../shared/protocol.js";

/**
 * Starts commands as runs and looks after them. The command is a child of a small detached runner process, with its
 * own process group, its output going straight to a file: neither a reload nor the engine's death touches it.
 */
export interface Launcher {
  /** Creates the run, starts the command; resolves when it runs, throws when it cannot be started (the run is then FAILED). */
  start(spec: LaunchSpec): Promise<{ runId: string; experimentId: string; name: string }>;
  /** SIGTERM to the group, SIGKILL after `graceMs`; resolves when all its processes are gone. */
  stop(runId: string, graceMs?: number): Promise<{ endReason: string }>;
  /** Takes in what happened while no engine ran: ended runs get their exit record, lost ones are marked FAILED. */
  recover(): Promise<void>;
  /** Ids of runs whose process lives. */
  active(): string[];
  launched(runId: string): boolean;
  readConsole(runId: string, start: number, maxBytes: number): Promise<ConsoleChunk>;
  searchConsole(runId: string, query: ConsoleQuery, signal?: AbortSignal): Promise<ConsoleMatches>;
  entries(): Promise<{ entries: EntryInfo[]; problems: string[] }>;
  onOutput(listener: (runId: string, chunk: ConsoleChunk) => void): () => void;
  /** Resolves when the run's process has ended and its end is recorded. */
  wait(runId: string): Promise<{ exitCode: number | null; endReason?: string }>;
  /** Stops watching; processes go on. */
  close(): Promise<void>;
}
