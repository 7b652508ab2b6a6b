import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import fc from "fast-check";
import { describe, expect, it, vi } from "vitest";
import { recipeOf } from "../../../src/core/data/store/recipes/index.ts";
import { bufferSource } from "../../../src/core/data/store/sources.ts";
import {
  difference,
  exclusive,
  fromPlanes,
  sum,
  toPlanes,
} from "../../../src/core/data/tensors/transform.ts";
import { tensorsIn } from "../../../src/core/data/tensors/index.ts";
import { pythonOf } from "../../peers/env.ts";
import { noise, randomFrom } from "./tempData.ts";

vi.setConfig({ testTimeout: 300_000 });
const numRuns = process.env.CAIRN_LONG ? 10_000 : 500;
const recipe = recipeOf("tensors");
const delta = (parent: Buffer, child: Buffer) =>
  Buffer.concat([...recipe.encode(bufferSource(child), bufferSource(parent))]);
const made = (parent: Buffer, stored: Buffer) =>
  Buffer.concat([...recipe.decode(bufferSource(stored), bufferSource(parent))]);
const namesOf = (file: Buffer) =>
  tensorsIn(bufferSource(file)).map(({ name, length, width }) => [name, length, width]);

function floats(count: number, seed: number): Buffer {
  const next = randomFrom(seed);
  return Buffer.from(Float32Array.from({ length: count }, () => (next() - 0.5) / 3).buffer);
}

/** Every number changed a little. */
function tuned(bytes: Buffer): Buffer {
  const next = randomFrom(3);
  const numbers = new Float32Array(Uint8Array.from(bytes).buffer);
  return Buffer.from(numbers.map((number) => number * (1 + (next() - 0.5) * 1e-4)).buffer);
}

function npy(data: Buffer, rows: number, columns: number): Buffer {
  const text = `{'descr': '<f4', 'fortran_order': False, 'shape': (${rows}, ${columns}), }`;
  const header = text.padEnd(117) + "\n";
  const head = Buffer.from("\x93NUMPY\x01\x00\x76\x00", "latin1");
  head.writeUInt16LE(header.length, 8);
  return Buffer.concat([head, Buffer.from(header), data]);
}

function safetensors(tensors: Record<string, Buffer>): Buffer {
  let at = 0;
  const header: Record<string, unknown> = { __metadata__: { format: "pt" } };
  for (const [name, { length }] of Object.entries(tensors)) {
    header[name] = { dtype: "F32", shape: [length / 4], data_offsets: [at, at + length] };
    at += length;
  }
  const text = Buffer.from(JSON.stringify(header));
  const size = Buffer.alloc(8);
  size.writeBigUInt64LE(BigInt(text.length));
  return Buffer.concat([size, text, ...Object.values(tensors)]);
}

const share = (parent: Buffer, child: Buffer): number => {
  const stored = delta(parent, child);
  expect(made(parent, stored).equals(child)).toBe(true);
  return (stored.length / child.length) * 100;
};

describe("tensors against those of the same name", () => {
  const [a, b] = [floats(600_000, 1), floats(400_000, 2)];

  it("cost what changed: a layer, a part of one, every number a little, a layer more", () => {
    const parent = safetensors({ "a.weight": a, "b.weight": b });
    expect(namesOf(parent)).toEqual([
      ["a.weight", 2_400_000, 4],
      ["b.weight", 1_600_000, 4],
    ]);
    expect(share(parent, parent)).toBeLessThan(0.1);
    expect(share(parent, safetensors({ "a.weight": a, "b.weight": floats(400_000, 9) }))).toBeLessThan(39);
    expect(share(parent, safetensors({ "a.weight": tuned(a), "b.weight": tuned(b) }))).toBeLessThan(45);
    // Other offsets, the same names.
    expect(share(parent, safetensors({ new: floats(1000, 5), "b.weight": b, "a.weight": a }))).toBeLessThan(
      1,
    );
  });

  it("of NPY: changed and appended rows", () => {
    const parent = npy(a, 6000, 100);
    const child = Buffer.from(a);
    for (let row = 0; row < 6000; row += 100) floats(100, row).copy(child, row * 400);
    expect(share(parent, npy(child, 6000, 100))).toBeLessThan(2);
    expect(share(parent, npy(Buffer.concat([a, floats(60_000, 8)]), 6600, 100))).toBeLessThan(10);
  });

  it("give back whatever they are given", () => {
    const width = fc.constantFrom(1, 2, 4, 8);
    const two = fc
      .nat(2000)
      .chain((size) =>
        fc.tuple(fc.nat(1e6), fc.nat(1e6)).map((seeds) => seeds.map((seed) => noise(size, seed))),
      );
    fc.assert(
      fc.property(two, width, ([now = Buffer.alloc(0), old = Buffer.alloc(0)], bytes) => {
        expect(fromPlanes(toPlanes(now, bytes), bytes).equals(now)).toBe(true);
        expect(exclusive(exclusive(now, old), old).equals(now)).toBe(true);
        if (bytes === 2 || bytes === 4)
          expect(sum(difference(now, old, bytes), old, bytes).equals(now)).toBe(true);
      }),
      { numRuns },
    );
  });

  it("that are damaged anywhere are stored all the same", () => {
    const files = [npy(floats(500, 1), 5, 100), safetensors({ x: floats(300, 1), y: floats(200, 2) })];
    fc.assert(
      fc.property(
        fc.constantFrom(...files),
        fc.constantFrom(...files),
        fc.array(fc.tuple(fc.nat(300), fc.integer({ min: 1, max: 255 })), { maxLength: 4 }),
        fc.nat(400),
        (parent, file, flips, cut) => {
          const damaged = Buffer.from(file.subarray(0, file.length - cut));
          for (const [at, change] of flips) damaged[at] = (damaged[at] ?? 0) ^ change;
          expect(made(parent, delta(parent, damaged)).equals(damaged)).toBe(true);
          expect(made(damaged, delta(damaged, file)).equals(file)).toBe(true);
        },
      ),
      { numRuns },
    );
  });
});

it("finds the tensors of ONNX and of what NumPy writes, and none that is not there", async () => {
  const folder = mkdtempSync(path.join(tmpdir(), "cairn-tensors-"));
  try {
    const script = `
import sys, struct, numpy as np
rng = np.random.default_rng(1)
for i, scale in enumerate([0, 1e-4]):
    w = (rng if i == 0 else np.random.default_rng(1)).standard_normal((200, 300)).astype(np.float32)
    w = (w * (1 + scale * np.random.default_rng(2).standard_normal(w.shape))).astype(np.float32)
    np.save(f"{sys.argv[1]}/{i}.npy", w)
    def field(n, data): 
        return varint(n << 3 | 2) + varint(len(data)) + data
    def varint(v):
        out = b""
        while v >= 128: out += bytes([v & 127 | 128]); v >>= 7
        return out + bytes([v])
    tensor = bytes([8]) + varint(200) + bytes([8]) + varint(300) + bytes([16, 1]) + field(8, b"layer.weight") + field(9, w.tobytes())
    graph = field(1, field(4, b"Relu")) + field(2, b"g") + field(5, tensor)
    open(f"{sys.argv[1]}/{i}.onnx", "wb").write(bytes([8, 8]) + field(2, b"test") + field(7, graph) + field(8, bytes([16, 17])))
`;
    writeFileSync(path.join(folder, "write.py"), script);
    execFileSync(await pythonOf("tracking"), [path.join(folder, "write.py"), folder]);
    const read = (name: string) => readFileSync(path.join(folder, name));
    expect(namesOf(read("0.onnx"))).toEqual([["layer.weight", 240_000, 4]]);
    expect(namesOf(read("0.npy"))).toEqual([["", 240_000, 4]]);
    for (const kind of ["onnx", "npy"]) expect(share(read(`0.${kind}`), read(`1.${kind}`))).toBeLessThan(60);
    const model = read("0.onnx");
    fc.assert(
      fc.property(fc.nat(120), fc.nat(255), fc.nat(300), (at, byte, cut) => {
        const damaged = Buffer.from(model.subarray(0, model.length - cut));
        damaged[at] = byte;
        for (const { start, length } of tensorsIn(bufferSource(damaged)))
          expect(start + length).toBeLessThanOrEqual(damaged.length);
      }),
      { numRuns },
    );
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
