import { CairnError } from "../../shared/errors.js";
import type { JobKind, RequestName } from "../../shared/protocol.js";
import type { Handlers } from "./types.js";

/** Requests that write nothing to the project. One that is not named here is refused: another host may be writing. */
const READING: ReadonlySet<RequestName> = new Set<RequestName>([
  ...(["health", "environment", "drain", "subscribe", "windowState"] as const),
  ...([
    "experiments",
    "runTable",
    "runSearch",
    "run",
    "entries",
    "history",
    "series",
    "metricNames",
  ] as const),
  ...(["console", "consoleSearch", "artifacts", "modelFolders", "artifactRead", "alerts"] as const),
  ...(["tableOpen", "tableRows", "jobStart", "jobCancel", "jobWait"] as const),
]);

const READING_JOBS: ReadonlySet<JobKind> = new Set<JobKind>([
  ...(["checkDatabase", "backup", "diskUse", "tableOpen", "tableRows"] as const),
  ...(["dataStatus", "dataList", "dataLog", "dataFiles", "dataNow"] as const),
]);

/**
 * Handlers of an engine that only reads: what writes is refused before it has touched anything. `owner` is the host that
 * the project belongs to; undefined where the folder cannot be written, or nobody says whose it is.
 */
export function onlyReading(handlers: Handlers, owner: () => string | undefined): Handlers {
  const refusal = (): CairnError => {
    const host = owner();
    return new CairnError(
      "refused",
      host === undefined
        ? "The project is open for reading only."
        : `The project is open for reading only: ${host} owns it.`,
      {
        hint:
          host === undefined
            ? "Make its folder writable, or end what else uses it."
            : `Do this on ${host}, or end Cairn there to write from here.`,
      },
    );
  };
  const refuse = (): Promise<never> => Promise.reject(refusal());
  const { jobStart } = handlers;
  const guarded = Object.fromEntries(
    Object.entries(handlers).map(([name, handler]) =>
      READING.has(name as RequestName) ? [name, handler] : [name, { ...handler, handle: refuse }],
    ),
  ) as Handlers;
  return {
    ...guarded,
    jobStart: {
      ...jobStart,
      handle: (params, call) => (READING_JOBS.has(params.kind) ? jobStart.handle(params, call) : refuse()),
    },
  };
}
