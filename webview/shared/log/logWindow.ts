import type { ConsoleChunk } from "../../../src/shared/protocol.js";
import { collapseLine } from "../../../src/shared/console/plainLine.js";

/** Most text kept at once, in UTF-16 units; the side away from the reader is let go. */
const MAX_KEPT = 8_000_000;
/** What is left after letting go: well below the limit, so that a busy log is not split anew with every chunk. */
const TRIMMED = 6_000_000;

interface Piece {
  text: string;
  start: number;
  end: number;
}

/** The part of a console log that is loaded: a contiguous range of its bytes, as lines. */
export class LogWindow {
  private pieces: Piece[] = [];
  private made: string[] | undefined;
  /** Bytes of the whole log. */
  size = 0;
  complete = false;
  /** Raised whenever the lines are others than before. */
  version = 0;

  get start(): number {
    return this.pieces[0]?.start ?? 0;
  }

  get end(): number {
    return this.pieces[this.pieces.length - 1]?.end ?? 0;
  }

  get atEnd(): boolean {
    return this.end >= this.size;
  }

  get empty(): boolean {
    return this.pieces.length === 0;
  }

  /**
   * Lines as shown; a line that the window cuts off at its start is left out until the rest is loaded. The last one is
   * what stands after the last line feed, so it may be empty.
   */
  lines(): readonly string[] {
    this.made ??= this.split();
    return this.made;
  }

  clear(): void {
    this.pieces = [];
    this.made = undefined;
    this.version++;
  }

  /** Takes a chunk that touches the window on either side; returns false for one that does not. */
  add(chunk: ConsoleChunk): boolean {
    this.size = Math.max(this.size, chunk.size);
    this.complete = chunk.complete;
    if (chunk.end <= chunk.start) return this.empty || chunk.start === this.end;
    const piece = { text: chunk.text, start: chunk.start, end: chunk.end };
    this.version++;
    if (this.empty) {
      this.pieces.push(piece);
      this.made = undefined;
    } else if (piece.start === this.end) this.append(piece);
    else if (piece.end === this.start) this.prepend(piece);
    else return false;
    return true;
  }

  private append(piece: Piece): void {
    const partial = this.made?.pop() !== undefined ? this.lastRawLine() : "";
    this.pieces.push(piece);
    if (this.made) for (const line of (partial + piece.text).split("\n")) this.made.push(collapseLine(line));
    if (this.trim(() => this.pieces.shift())) this.made = undefined;
  }

  private prepend(piece: Piece): void {
    this.pieces.unshift(piece);
    this.made = undefined;
    this.trim(() => this.pieces.pop());
  }

  private lastRawLine(): string {
    let line = "";
    for (let i = this.pieces.length - 1; i >= 0; i--) {
      const text = this.pieces[i]?.text ?? "";
      const cut = text.lastIndexOf("\n");
      line = text.slice(cut + 1) + line;
      if (cut >= 0) break;
    }
    return line;
  }

  private trim(drop: () => unknown): boolean {
    if (this.kept() <= MAX_KEPT) return false;
    const before = this.pieces.length;
    while (this.kept() > TRIMMED && this.pieces.length > 1) drop();
    return this.pieces.length !== before;
  }

  private kept(): number {
    return this.pieces.reduce((sum, piece) => sum + piece.text.length, 0);
  }

  private split(): string[] {
    const raw = this.pieces
      .map((piece) => piece.text)
      .join("")
      .split("\n");
    if (this.start > 0 && raw.length > 1) raw.shift();
    return raw.map(collapseLine);
  }
}
