import os from "node:os";

export const RUN = "0123456789abcdef0123456789abcdef";
/** No process has it. */
export const NOBODY = 2 ** 22 + 1;

/** A first line, of a writer that is gone. */
export function header(changes: object = {}) {
  return {
    v: 1,
    run: RUN,
    pid: NOBODY,
    start: null,
    host: os.hostname(),
    time: 1000,
    ...changes,
  };
}

/** A second line: a run of the default experiment. */
export function runLine(changes: object = {}) {
  return {
    ...{ k: "run", resumed: false, owned: true, experiment: null, experiment_id: "0", name: "first" },
    ...{ start: 1000, tags: { "mlflow.user": "ada" } },
    ...changes,
  };
}
