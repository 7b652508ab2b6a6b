import type net from "node:net";
import {
  createMessageConnection,
  type DataCallback,
  type Disposable,
  type Message,
  type MessageConnection,
  SocketMessageReader,
  SocketMessageWriter,
} from "vscode-jsonrpc/node";

/** Turns of the event loop that are given to messages which came before the end. */
const MAX_TURNS = 100_000;

/**
 * A connection of which it is known when all that has arrived was handled: the library handles one message a turn,
 * and would throw away answers that came just before the other side closed.
 */
export class Inbox {
  readonly rpc: MessageConnection;
  private received = 0;
  private handled = 0;

  constructor(socket: net.Socket) {
    const reader = new CountingReader(socket, () => this.received++);
    this.rpc = createMessageConnection(reader, new SocketMessageWriter(socket), undefined, {
      messageStrategy: {
        handleMessage: (message, next) => {
          this.handled++;
          return next(message);
        },
      },
    });
  }

  /** Calls back when everything that has arrived was handled. */
  async drained(): Promise<void> {
    for (let turn = 0; turn < MAX_TURNS && this.handled < this.received; turn++)
      await new Promise((resolve) => setImmediate(resolve));
    // What was handled last settles its promises first.
    await new Promise((resolve) => setImmediate(resolve));
  }
}

class CountingReader extends SocketMessageReader {
  constructor(
    socket: net.Socket,
    private readonly onMessage: () => void,
  ) {
    super(socket);
  }

  override listen(callback: DataCallback): Disposable {
    return super.listen((message: Message) => {
      this.onMessage();
      callback(message);
    });
  }
}
