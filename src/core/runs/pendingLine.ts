import { StringDecoder } from "node:string_decoder";
import { MAX_LINE, plainLine } from "../../shared/console/plainLine.js";

/**
 * A line that comes in pieces and may never end (a progress bar that only ever returns to its start): holds what would
 * be shown of it, and no more.
 */
export class PendingLine {
  private readonly decoder = new StringDecoder("utf8");
  /** The last redraw that was not empty, and the one under way. */
  private shown = "";
  private current = "";

  feed(bytes: Buffer): void {
    this.take(this.decoder.write(bytes));
  }

  /** The line as a search sees it. What is fed afterwards begins another. */
  finish(): string {
    this.take(this.decoder.end());
    const line = plainLine(this.current === "" ? this.shown : this.current);
    this.shown = "";
    this.current = "";
    return line;
  }

  private take(text: string): void {
    const parts = text.split("\r");
    parts.forEach((part, i) => {
      if (i > 0 && this.current !== "") {
        this.shown = this.current;
        this.current = "";
      }
      // One more than is kept, so that the line is known to be cut.
      if (this.current.length <= MAX_LINE) this.current += part.slice(0, MAX_LINE + 1 - this.current.length);
    });
  }
}
