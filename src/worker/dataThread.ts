import { parentPort } from "node:worker_threads";
import { runDataTask } from "../core/data/index.js";

/** A thread of a data job. */
parentPort?.on("message", (message: Parameters<typeof runDataTask>[0]) => {
  runDataTask(message, (answer) => parentPort?.postMessage(answer));
});
