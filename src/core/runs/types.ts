import type { ProjectConfigData } from "../config/index.js";
import type {
  ConsoleChunk,
  ConsoleMatches,
  ConsoleQuery,
  EntryInfo,
  LaunchSpec,
} from "../../shared/protocol.js";

/** A run that was started here and whose end is not yet recorded. */
export interface RunningCommand {
  runId: string;
  /** Milliseconds since the epoch. */
  startTime: number;
  /** The command's working folder; the project's where an older version started it. */
  cwd: string;
  /** Of the command, once it runs. */
  pid?: number;
}

/** A run whose command was just started. */
export interface StartedRun {
  runId: string;
  argv: readonly string[];
  /** Absolute. */
  cwd: string;
  /** The command is one line for a shell, the last of `argv`. */
  shell: boolean;
  /** What the command was started with. */
  environment: Readonly<Record<string, string>>;
  /** cairn.yaml's patterns. */
  redact: readonly string[];
  /** Values that must not be recorded. */
  secrets: readonly string[];
  config: ProjectConfigData;
}

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
  /** What is known of the runs whose process lives. */
  processes(): RunningCommand[];
  /** Ids of the processes that belong to a run now, its children among them; none once it has ended. */
  pids(runId: string): Promise<number[]>;
  /** Told before a run's command starts: what lies in its folder then is not the run's. */
  onStarting(listener: (run: RunningCommand) => void): () => void;
  /** Called when a run's process has ended; its end is recorded after that, a minute later at most. */
  onEnding(listener: (runId: string) => Promise<void>): () => void;
  onOutput(listener: (runId: string, chunk: ConsoleChunk) => void): () => void;
  /** Tells of each run whose command was just started, never of one that an earlier engine started. */
  onStarted(listener: (run: StartedRun) => void): () => void;
  /** Resolves when the run's process has ended and its end is recorded. */
  wait(runId: string): Promise<{ exitCode: number | null; endReason?: string }>;
  /** Stops watching; processes go on. */
  close(): Promise<void>;
}
