import { zstdDecompressSync } from "node:zlib";
import { CairnError, toError } from "../../../shared/errors.js";
import { ByteReader } from "./byteReader.js";
import { EDGE, MAGIC, STREAMS, type StreamName } from "./encode.js";
import { Filled } from "./filled.js";
import { type Lines, linesOf } from "./lines.js";

/** Makes the child again. Throws CairnError `corrupt` where `delta` is damaged or belongs to another parent. */
export function decodeLineDelta(parent: Buffer, delta: Buffer, label: string): Buffer {
  try {
    return decode(parent, delta);
  } catch (error) {
    throw new CairnError("corrupt", `The delta ${label} cannot be read: ${toError(error).message}.`, {
      hint: "Fetch the version from a remote, if there is one.",
      cause: error,
    });
  }
}

function decode(parent: Buffer, delta: Buffer): Buffer {
  if (!delta.subarray(0, MAGIC.length).equals(MAGIC)) throw new RangeError("it is no delta on lines");
  const header = new ByteReader(delta.subarray(MAGIC.length));
  if (header.number() !== parent.length) throw new RangeError("it belongs to another parent");
  const child = new Filled(header.number());
  const edge = header.number();
  const sizes = STREAMS.map((name) => ({ name, raw: header.number(), packed: header.number() }));
  const streams = Object.fromEntries(
    sizes.map(({ name, raw, packed }) => [name, new ByteReader(unpack(header.take(packed), raw))]),
  ) as Record<StreamName, ByteReader>;
  new Builder(linesOf(parent), child, streams, edge).build();
  return child.done();
}

function unpack(packed: Buffer, raw: number): Buffer {
  if (raw === 0) return Buffer.alloc(0);
  const bytes = zstdDecompressSync(packed, { maxOutputLength: raw });
  if (bytes.length !== raw) throw new RangeError("a part of it has another length than it says");
  return bytes;
}

class Builder {
  private edge = 0;

  constructor(
    private readonly old: Lines,
    private readonly child: Filled,
    private readonly streams: Record<StreamName, ByteReader>,
    private readonly mode: number,
  ) {}

  build(): void {
    const { runs } = this.streams;
    let next = 0;
    while (runs.left > 0) {
      const copied = runs.number();
      if (copied > 0) {
        const from = next + runs.signed();
        const [begin, end] = [this.startOf(from), this.startOf(from + copied)];
        this.child.add(this.old.bytes.subarray(begin, end));
        next = from + copied;
      }
      this.gap(runs.number(), next);
    }
  }

  private gap(count: number, expected: number): void {
    const { origins, fresh } = this.streams;
    let likely = expected;
    for (let i = 0; i < count; i++) {
      const distance = origins.number();
      if (distance === 0) {
        this.child.add(fresh.takeLine());
        continue;
      }
      const was = likely + distance - 1;
      likely = was + 1;
      this.edited(this.startOf(was), this.startOf(was + 1));
    }
  }

  private edited(from: number, to: number): void {
    const { edges, removed, added, middles } = this.streams;
    this.edge += edges.signed();
    const rest = to - from - removed.number() - this.edge;
    if (rest < 0 || this.edge < 0) throw new RangeError("a changed line keeps more than there was");
    const [head, tail] = this.mode === EDGE.tail ? [rest, this.edge] : [this.edge, rest];
    this.child.add(this.old.bytes.subarray(from, from + head));
    this.child.add(middles.take(added.number()));
    this.child.add(this.old.bytes.subarray(to - tail, to));
  }

  private startOf(line: number): number {
    const start = this.old.starts[line];
    if (start === undefined) throw new RangeError("it names a line that the parent does not have");
    return start;
  }
}
