import { chmodSync, lstatSync, mkdirSync, rmSync } from "node:fs";
import net from "node:net";
import path from "node:path";
import { CairnError, wrapError } from "../shared/errors.js";

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

/** The folder lies where others may write, so somebody else could have made it first and then owns what is in it. */
function ensurePrivateFolder(folder: string): void {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const stat = lstatSync(folder);
  if (!stat.isDirectory() || stat.uid !== process.getuid?.()) {
    throw new CairnError("refused", `${folder} belongs to somebody else.`, {
      hint: "Remove it, or set XDG_RUNTIME_DIR to a folder of your own.",
    });
  }
  if ((stat.mode & 0o077) !== 0) chmodSync(folder, 0o700);
}
