import { chmodSync, rmSync } from "node:fs";
import net from "node:net";
import path from "node:path";
import { wrapError } from "../shared/errors.js";
import { ensurePrivateFolder } from "./dataFolder.js";

/**
 * Listens on the project's socket or named pipe. Only for the holder of the project's lock: it takes away the socket
 * that a killed engine left.
 */
export async function listenSocket(
  address: string,
  onConnection: (socket: net.Socket) => void,
): Promise<net.Server> {
  if (process.platform !== "win32") {
    ensurePrivateFolder(path.dirname(address));
    rmSync(address, { force: true });
  }
  const server = net.createServer(onConnection);
  try {
    await new Promise<void>((resolve, reject) => {
      server.once("error", reject);
      server.listen(address, resolve);
    });
  } catch (error) {
    throw wrapError("listen on", address, error);
  }
  if (process.platform !== "win32") chmodSync(address, 0o600);
  return server;
}
