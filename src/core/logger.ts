/** What core and engine write to; satisfied by VS Code's LogOutputChannel, stderr and a recorder in tests. */
export interface Logger {
  debug(message: string, ...data: unknown[]): void;
  info(message: string, ...data: unknown[]): void;
  warn(message: string, ...data: unknown[]): void;
  error(message: string | Error, ...data: unknown[]): void;
}
