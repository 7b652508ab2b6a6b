import { runTask } from "./runTask.js";
import { threadError } from "./pool.js";
import type { FromThread, Tasks, ToThread } from "./tasks.js";

export { ThreadPool } from "./pool.js";
export { copyProgress } from "./largeFile.js";
export { changing } from "./readFile.js";
export type { FileStat, FileTask, HashedFile } from "./tasks.js";

/** Bytes between two reports. */
const REPORT_EVERY = 8 << 20;

/** Inside a thread: does one task and answers. */
export function runDataTask(message: ToThread, answer: (message: FromThread) => void): void {
  const { id } = message;
  let bytes = 0;
  const report = (count: number) => {
    bytes += count;
    if (bytes < REPORT_EVERY) return;
    answer({ id, bytes });
    bytes = 0;
  };
  try {
    const run = runTask[message.kind] as (
      params: Tasks[typeof message.kind]["params"],
      report: (n: number) => void,
    ) => unknown;
    const result = run(message.params, report);
    answer({ id, bytes });
    answer({ id, result });
  } catch (error) {
    answer({ id, error: threadError(error, message.params) });
  }
}
