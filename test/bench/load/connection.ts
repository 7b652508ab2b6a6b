import { createConnection, type Socket } from "node:net";

export interface Reply {
  status: number;
  body: Buffer;
}

/**
 * One keep-alive HTTP/1.1 connection that sends prepared bytes and reads one answer at a time. It does as little as
 * it can, so that what is measured is the server.
 */
export class Connection {
  #socket: Socket | undefined;
  #received: Buffer = Buffer.alloc(0);
  #waiting: { resolve: (reply: Reply) => void; reject: (error: Error) => void } | undefined;

  constructor(
    private readonly port: number,
    private readonly head: string,
  ) {}

  /** A request's first bytes, for a body of that many bytes. */
  prepare(path: string, body: Buffer): Buffer {
    const head = `POST ${path} HTTP/1.1\r\n${this.head}Content-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n`;
    return Buffer.concat([Buffer.from(head), body]);
  }

  send(request: Buffer): Promise<Reply> {
    return new Promise((resolve, reject) => {
      this.#waiting = { resolve, reject };
      this.#open().write(request);
    });
  }

  close(): void {
    this.#socket?.destroy();
  }

  #open(): Socket {
    if (this.#socket && !this.#socket.destroyed) return this.#socket;
    const socket = createConnection(this.port, "127.0.0.1").setNoDelay(true);
    this.#received = Buffer.alloc(0);
    socket.on("data", (chunk) => {
      this.#received = this.#received.length === 0 ? chunk : Buffer.concat([this.#received, chunk]);
      this.#take();
    });
    const fail = (error?: Error) => {
      this.#waiting?.reject(error ?? new Error("The server closed the connection."));
      this.#waiting = undefined;
    };
    socket.on("error", fail);
    socket.on("close", () => {
      fail();
    });
    return (this.#socket = socket);
  }

  #take(): void {
    const end = this.#received.indexOf("\r\n\r\n");
    if (end === -1) return;
    const head = this.#received.toString("latin1", 0, end);
    const length = /\r\ncontent-length: *(\d+)/i.exec(head)?.[1];
    if (length === undefined) {
      this.#socket?.destroy(new Error(`An answer without a length: ${head.slice(0, 200)}`));
      return;
    }
    const size = end + 4 + Number(length);
    if (this.#received.length < size) return;
    const body = this.#received.subarray(end + 4, size);
    this.#received = this.#received.subarray(size);
    const waiting = this.#waiting;
    this.#waiting = undefined;
    waiting?.resolve({ status: Number(head.slice(9, 12)), body });
  }
}
