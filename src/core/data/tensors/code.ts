import { ByteReader, ByteWriter } from "../lineDelta/index.js";
import type { ByteSource } from "../store/sources.js";
import { compress, decompress } from "../store/zstd.js";
import { type Tensor, tensorsIn } from "./layout.js";
import { difference, exclusive, fromPlanes, KIND, sum, toPlanes } from "./transform.js";

/** What is compared and written at once. A whole number of numbers, of any width. */
const BLOCK = 1 << 20;
/** By this much of a block it is decided how it is stored. */
const SAMPLE = 64 << 10;
const HEADER = 40;

/**
 * The tensors of a file by the bytes of their numbers, each against the one of the same name where there is a parent:
 * what is the same is copied. Yields blocks.
 */
export function* encodeTensors(child: ByteSource, parent: ByteSource | undefined): Generator<Buffer> {
  const old = new Map(parent ? tensorsIn(parent).map((tensor) => [tensor.name, tensor]) : []);
  let at = 0;
  for (const tensor of tensorsIn(child)) {
    yield* stretch(child, at, tensor.start - at, 1);
    const was = old.get(tensor.name);
    const shared = parent && was?.width === tensor.width ? Math.min(was.length, tensor.length) : 0;
    if (parent && was) yield* against(child, tensor, shared, parent, was.start);
    yield* stretch(child, tensor.start + shared, tensor.length - shared, tensor.width);
    at = tensor.start + tensor.length;
  }
  yield* stretch(child, at, child.size - at, 1);
}

/** @param stored blocks of `encodeTensors`. Throws RangeError or zlib's own for what is damaged. */
export function* decodeTensors(stored: ByteSource, parent: ByteSource | undefined): Generator<Buffer> {
  for (let at = 0; at < stored.size;) {
    const header = new ByteReader(stored.read(at, HEADER));
    const [kind, width, length] = [header.number(), header.number(), header.number()];
    const [from, packed] = [header.number(), header.number()];
    if (length > BLOCK || width > 8 || width < 1) throw new RangeError("a block is too large");
    const body = packed === 0 ? Buffer.alloc(0) : stored.read(at + HEADER, packed);
    const bytes = kind === KIND.same ? body : packed < length ? decompress(body, length) : body;
    if (kind !== KIND.same && bytes.length !== length)
      throw new RangeError("a block has another length than it says");
    const old = () => {
      if (!parent) throw new RangeError("its parent is missing");
      return parent.read(from, length);
    };
    if (kind === KIND.same) yield old();
    else if (kind === KIND.raw) yield bytes;
    else if (kind === KIND.planes) yield fromPlanes(bytes, width);
    else if (kind === KIND.difference) yield sum(fromPlanes(bytes, width), old(), width);
    else if (kind === KIND.exclusive) yield exclusive(fromPlanes(bytes, width), old());
    else throw new RangeError("a block is of an unknown kind");
    at += HEADER + packed;
  }
}

function* stretch(child: ByteSource, start: number, length: number, width: number): Generator<Buffer> {
  for (let done = 0; done < length; done += BLOCK) {
    const bytes = child.read(start + done, Math.min(BLOCK, length - done));
    const ways = [{ kind: KIND.raw as number, make: (all: Buffer) => all }];
    if (width > 1) ways.push({ kind: KIND.planes, make: (all) => toPlanes(all, width) });
    yield smallest(bytes, ways, width, 0);
  }
}

function* against(
  child: ByteSource,
  { start, width }: Tensor,
  length: number,
  parent: ByteSource,
  from: number,
): Generator<Buffer> {
  for (let done = 0; done < length; done += BLOCK) {
    const count = Math.min(BLOCK, length - done);
    const [bytes, old] = [child.read(start + done, count), parent.read(from + done, count)];
    if (bytes.equals(old)) {
      yield block(KIND.same, width, count, from + done, Buffer.alloc(0));
      continue;
    }
    const ways = [
      { kind: KIND.raw as number, make: (all: Buffer) => all },
      { kind: KIND.planes, make: (all: Buffer) => toPlanes(all, width) },
      { kind: KIND.exclusive, make: (all: Buffer) => toPlanes(exclusive(all, old), width) },
    ];
    if (width === 2 || width === 4)
      ways.push({ kind: KIND.difference, make: (all) => toPlanes(difference(all, old, width), width) });
    yield smallest(bytes, ways, width, from + done);
  }
}

/** The way is chosen by the block's beginning. */
function smallest(
  bytes: Buffer,
  ways: readonly { kind: number; make: (all: Buffer) => Buffer }[],
  width: number,
  from: number,
): Buffer {
  const sample = bytes.subarray(0, SAMPLE);
  const sizes = ways.map(({ make }) => compress(make(sample)).length);
  const best = ways[sizes.indexOf(Math.min(...sizes))];
  const made = best ? best.make(bytes) : bytes;
  const packed = compress(made);
  return block(
    best?.kind ?? KIND.raw,
    width,
    bytes.length,
    from,
    packed.length < made.length ? packed : made,
  );
}

function block(kind: number, width: number, length: number, from: number, body: Buffer): Buffer {
  const header = new ByteWriter();
  for (const value of [kind, width, length, from, body.length]) header.number(value);
  const padded = Buffer.alloc(HEADER);
  header.done().copy(padded);
  return Buffer.concat([padded, body]);
}
