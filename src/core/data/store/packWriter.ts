import { closeSync, ftruncateSync, openSync } from "node:fs";
import { writeAll } from "./contentStore.js";

/** A file that grows at its end. */
export class PackWriter {
  private readonly fd: number;
  size = 0;

  constructor(file: string) {
    this.fd = openSync(file, "wx", 0o600);
  }

  add(part: Buffer): void {
    writeAll(this.fd, part, this.size);
    this.size += part.length;
  }

  /** Takes back what was added from there on. */
  rewind(size: number): void {
    ftruncateSync(this.fd, size);
    this.size = size;
  }

  close(): void {
    closeSync(this.fd);
  }
}
