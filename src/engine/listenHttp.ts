import { createHash } from "node:crypto";
import { toError, wrapError } from "../shared/errors.js";

/** What is needed of a server that is not listening yet. */
export interface Listenable {
  listen(options: { host: string; port: number }): Promise<string>;
}

const HOST = "127.0.0.1";
/** Below the range from which systems take ports for outgoing connections, so that it is free again after a pause. */
const [LOWEST, COUNT] = [18_000, 12_000];
const ATTEMPTS = 20;

/**
 * Listens on `remembered`, else on a port derived from the project's path, else on any. Several servers may be made,
 * because one that failed to listen cannot be used again. Gives the port, and a warning where the remembered one is taken.
 */
export async function listenHttp<Server extends Listenable>(
  makeServer: () => Server,
  project: string,
  remembered: number,
): Promise<{ server: Server; port: number; warning?: string }> {
  for (const port of candidates(project, remembered)) {
    const server = makeServer();
    try {
      const address = await server.listen({ host: HOST, port });
      const actual = Number(new URL(address).port);
      if (remembered === 0 || actual === remembered) return { server, port: actual };
      const warning = `Port ${remembered}, which this project used before, is taken by another program; it is ${actual} now.`;
      return { server, port: actual, warning };
    } catch (error) {
      const { code } = toError(error) as NodeJS.ErrnoException;
      if (code !== "EADDRINUSE" && code !== "EACCES") throw wrapError("listen on", `${HOST}:${port}`, error);
    }
  }
  throw wrapError("listen on", HOST, new Error("no free port"));
}

function candidates(project: string, remembered: number): number[] {
  const start = createHash("sha256").update(project).digest().readUInt32BE(0);
  const derived = Array.from({ length: ATTEMPTS }, (_, i) => LOWEST + ((start + i * 97) % COUNT));
  return [...(remembered > 0 ? [remembered] : []), ...derived, 0];
}
