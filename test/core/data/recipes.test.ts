import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { recipeOf, type RecipeName, recipes } from "../../../src/core/data/store/recipes/index.ts";
import { chunksOf } from "../../../src/core/data/store/recipes/chunks.ts";
import { alignSegments } from "../../../src/core/data/store/recipes/segments.ts";
import { bufferSource } from "../../../src/core/data/store/sources.ts";
import { noise, randomFrom, table } from "./tempData.ts";

function encode(name: RecipeName, child: Buffer, parent: Buffer): Buffer {
  return Buffer.concat([...recipeOf(name).encode(bufferSource(child), bufferSource(parent))]);
}

function decode(name: RecipeName, stored: Buffer, parent: Buffer): Buffer {
  return Buffer.concat([...recipeOf(name).decode(bufferSource(stored), bufferSource(parent))]);
}

const names = recipes.map(({ name }) => name);
const content = fc.oneof(
  fc.uint8Array({ maxLength: 3000 }).map((array) => Buffer.from(array)),
  fc
    .array(fc.constantFrom("a", "b,c", "1.5", "\r", ""), { maxLength: 80 })
    .map((parts) => Buffer.from(parts.join("\n"))),
  fc.nat(40_000).map((size) => noise(size, size)),
  fc.nat(40_000).map((size) => Buffer.alloc(size)),
);
const edits = fc.array(fc.tuple(fc.nat(), fc.nat(500), fc.uint8Array({ maxLength: 300 })), { maxLength: 5 });

function edited(parent: Buffer, changes: [number, number, Uint8Array][]): Buffer {
  let bytes = parent;
  for (const [place, removed, inserted] of changes) {
    const at = place % (bytes.length + 1);
    bytes = Buffer.concat([bytes.subarray(0, at), inserted, bytes.subarray(at + removed)]);
  }
  return bytes;
}

describe.each(names)("the recipe %s", (name) => {
  const runs = process.env.CAIRN_LONG ? 5000 : 200;
  it("gives back whatever it was given", () => {
    fc.assert(
      fc.property(content, content, (parent, child) => {
        expect(decode(name, encode(name, child, parent), parent).equals(child)).toBe(true);
      }),
      { numRuns: runs },
    );
    fc.assert(
      fc.property(content, edits, (parent, changes) => {
        const child = edited(parent, changes);
        expect(decode(name, encode(name, child, parent), parent).equals(child)).toBe(true);
      }),
      { numRuns: runs },
    );
  });

  it("throws, or gives something, for what is damaged; it never hangs", () => {
    const parent = Buffer.from(table(300));
    const stored = encode(name, Buffer.from(table(300, (i) => (i % 9 === 0 ? "x" : ""))), parent);
    fc.assert(
      fc.property(
        fc.nat(stored.length - 1),
        fc.integer({ min: 1, max: 255 }),
        fc.nat(40),
        (at, change, cut) => {
          const damaged = Buffer.from(stored.subarray(0, stored.length - cut));
          if (at < damaged.length) damaged[at] = (damaged[at] ?? 0) ^ change;
          try {
            decode(name, damaged, parent);
          } catch (error) {
            expect(error).toBeInstanceOf(Error);
          }
        },
      ),
      { numRuns: runs },
    );
  });
});

describe("bytes", () => {
  const parent = noise(3_000_000);
  it.each([
    [
      "a part in the middle replaced",
      Buffer.concat([parent.subarray(0, 1e6), noise(10_000, 7), parent.subarray(1_010_000)]),
    ],
    ["something inserted at the beginning", Buffer.concat([noise(5000, 9), parent])],
    ["two parts exchanged", Buffer.concat([parent.subarray(2e6), parent.subarray(0, 2e6)])],
    [
      "a single byte changed",
      Buffer.concat([parent.subarray(0, 1e6), Buffer.from("x"), parent.subarray(1e6 + 1)]),
    ],
  ])("finds %s", (_what, child) => {
    const stored = encode("bytes", child, parent);
    expect(decode("bytes", stored, parent).equals(child)).toBe(true);
    expect(stored.length).toBeLessThan(13_000);
  });

  it("cuts the same content alike wherever it stands", () => {
    const sizes = { min: 1024, average: 4096, max: 32_768 };
    const cuts = (bytes: Buffer) => [...chunksOf(bytes, sizes)];
    const chunks = cuts(parent);
    const moved = new Set(cuts(Buffer.concat([noise(777, 3), parent])).map(({ hash }) => hash));
    const found = chunks.filter(({ hash }) => moved.has(hash));
    expect(found.length).toBeGreaterThan(chunks.length * 0.98);
    expect(chunks.at(-1)?.end).toBe(parent.length);
    const average = parent.length / chunks.length;
    expect(average).toBeGreaterThan(2500);
    expect(average).toBeLessThan(7000);
  });
});

describe("large texts", () => {
  it("are cut where both have the same line, and every byte is in one piece", () => {
    const next = randomFrom(5);
    const lines = Array.from({ length: 60_000 }, (_, i) => `${i},${next()}\n`);
    const parent = bufferSource(Buffer.from(lines.join("")));
    const child = bufferSource(
      Buffer.from(
        lines
          .toSpliced(20_000, 500)
          .map((line, i) => (i % 100 === 3 ? `x${line}` : line))
          .join(""),
      ),
    );
    const segments = alignSegments(parent, child, { target: 200_000, max: 400_000 });
    expect(segments.length).toBeGreaterThan(3);
    let at = 0;
    for (const { from, to, childFrom, childTo } of segments) {
      expect(childFrom).toBe(at);
      expect(childTo - childFrom).toBeLessThanOrEqual(400_000);
      expect(to - from).toBeLessThanOrEqual(400_000);
      at = childTo;
    }
    expect(at).toBe(child.size);
    const { from, childFrom } = segments[1] ?? { from: 0, childFrom: 0 };
    const line = (source: typeof parent, place: number) => source.read(place, 20).toString();
    expect(line(parent, from)).toBe(line(child, childFrom));
  });

  it("without a common line are cut by size", () => {
    const [parent, child] = [bufferSource(noise(10_000)), bufferSource(noise(25_000, 2))];
    const segments = alignSegments(parent, child, { target: 5000, max: 10_000 });
    expect(segments.at(-1)?.childTo).toBe(25_000);
    expect(segments.every(({ childFrom, childTo }) => childTo - childFrom <= 10_000)).toBe(true);
  });
});
