import type { Logger } from "../core/logger.js";

/** Warnings and errors to stderr; the rest as well with CAIRN_DEBUG. */
export function createCliLogger(): Logger {
  const { CAIRN_DEBUG: debug } = process.env;
  const write = (level: string, message: string | Error): void => {
    process.stderr.write(`cairn: ${level}: ${message instanceof Error ? message.message : message}\n`);
  };
  const verbose = debug !== undefined && debug !== "" && debug !== "0";
  return {
    debug: (message) => verbose && write("debug", message),
    info: (message) => verbose && write("info", message),
    warn: (message) => write("warning", message),
    error: (message) => write("error", message),
  };
}
