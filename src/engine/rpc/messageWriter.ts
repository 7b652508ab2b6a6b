import type { Socket } from "node:net";
import { AbstractMessageWriter, type Message, type MessageWriter } from "vscode-jsonrpc/node";

/**
 * Writes messages without waiting for the other side, and knows how much it has not taken yet. (The library's own
 * writer queues behind the socket, out of sight.)
 */
export class CountingWriter extends AbstractMessageWriter implements MessageWriter {
  constructor(private readonly socket: Socket) {
    super();
    socket.on("error", (error) => {
      this.fireError(error);
    });
    socket.once("close", () => {
      this.fireClose();
    });
  }

  /** Bytes that wait for the other side to read. */
  get backlog(): number {
    return this.socket.writableLength;
  }

  write(message: Message): Promise<void> {
    if (!this.socket.writable) return Promise.resolve();
    const content = Buffer.from(JSON.stringify(message), "utf8");
    this.socket.cork();
    this.socket.write(`Content-Length: ${content.length}\r\n\r\n`);
    this.socket.write(content);
    this.socket.uncork();
    return Promise.resolve();
  }

  end(): void {
    this.socket.end();
  }
}
