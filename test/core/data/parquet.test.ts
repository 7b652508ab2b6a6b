import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import fc from "fast-check";
import { describe, expect, it, vi } from "vitest";
import { PackingFinder, unpack } from "../../../src/core/data/parquet/codecs.ts";
import { pagesOf } from "../../../src/core/data/parquet/layout.ts";
import { compressSnappy, decompressSnappy, SNAPPY_VARIANTS } from "../../../src/core/data/parquet/snappy.ts";
import { ThriftReader } from "../../../src/core/data/parquet/thrift.ts";
import { pages } from "../../../src/core/data/store/recipes/pages.ts";
import { bufferSource } from "../../../src/core/data/store/sources.ts";
import { pythonOf } from "../../peers/env.ts";
import { parquetOf, tableQuery } from "./parquetFiles.ts";
import { noise } from "./tempData.ts";

vi.setConfig({ testTimeout: 300_000 });
const numRuns = process.env.CAIRN_LONG ? 10_000 : 500;

const stored = (parent: Buffer, child: Buffer) =>
  Buffer.concat([...pages.encode(bufferSource(child), bufferSource(parent))]);
const restored = (parent: Buffer, delta: Buffer) =>
  Buffer.concat([...pages.decode(bufferSource(delta), bufferSource(parent))]);

/** Pages that come out bit for bit when they are compressed again, of all. */
function equalPages(file: Buffer): { equal: number; all: number } {
  const finder = new PackingFinder();
  const all = pagesOf(bufferSource(file));
  const equal = all.filter(({ start, length, codec, size }) => {
    const packed = file.subarray(start, start + length);
    return finder.find(unpack(packed, codec, size), packed, codec) !== undefined;
  });
  return { equal: equal.length, all: all.length };
}

const rows = 30_000;
const changes = [
  tableQuery(rows),
  `SELECT * FROM (${tableQuery(rows)}) WHERE id NOT BETWEEN 15000 AND 15099`,
  `SELECT * REPLACE (CASE WHEN id % 100 = 3 THEN 99 ELSE g END AS g) FROM (${tableQuery(rows)})`,
  `SELECT *, id % 3 AS k FROM (${tableQuery(rows)})`,
];

describe("Parquet of DuckDB", () => {
  it.each([
    ["snappy", 10],
    ["uncompressed", 10],
    // Not all of its frames come out as they were.
    ["zstd", 90],
    ["gzip", 100],
  ])(
    "compressed with %s: rows removed, cells changed, a column added; at most %d %% of it are new",
    async (codec, percent) => {
      const [parent = Buffer.alloc(0), ...children] = await parquetOf(codec, changes);
      expect(pagesOf(bufferSource(parent)).length).toBeGreaterThanOrEqual(7);
      for (const child of children) {
        const delta = stored(parent, child);
        expect(restored(parent, delta).equals(child)).toBe(true);
        expect((delta.length / child.length) * 100).toBeLessThan(percent);
      }
      const { equal, all } = equalPages(parent);
      if (codec === "snappy") expect(equal).toBe(all);
    },
  );

  it("that is damaged anywhere is stored all the same, or told to be none", async () => {
    const [parent = Buffer.alloc(0), child = Buffer.alloc(0)] = await parquetOf("snappy", [
      tableQuery(900),
      tableQuery(1000),
    ]);
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.nat(child.length - 1), fc.integer({ min: 1, max: 255 })), { maxLength: 4 }),
        fc.boolean(),
        fc.nat(600),
        (flips, atEnd, cut) => {
          const damaged = Buffer.from(child.subarray(0, child.length));
          // The end is where the footer stands.
          for (const [at, change] of flips) {
            const place = atEnd ? child.length - 1 - (at % 2000) : at;
            damaged[place] = (damaged[place] ?? 0) ^ change;
          }
          const file = cut > 500 ? damaged.subarray(0, damaged.length - cut) : damaged;
          if (!pages.suits(bufferSource(file), bufferSource(parent))) return;
          expect(restored(parent, stored(parent, file)).equals(file)).toBe(true);
          expect(restored(file, stored(file, parent)).equals(parent)).toBe(true);
        },
      ),
      { numRuns },
    );
  });

  it("whose delta is damaged is told, or is not what was stored", async () => {
    const [parent = Buffer.alloc(0), child = Buffer.alloc(0)] = await parquetOf("snappy", [
      tableQuery(900),
      `SELECT * FROM (${tableQuery(1000)}) WHERE id % 50 <> 3`,
    ]);
    const delta = stored(parent, child);
    fc.assert(
      fc.property(
        fc.nat(delta.length - 1),
        fc.integer({ min: 1, max: 255 }),
        fc.nat(30),
        (at, change, cut) => {
          const damaged = Buffer.from(delta.subarray(0, delta.length - cut));
          if (at < damaged.length) damaged[at] = (damaged[at] ?? 0) ^ change;
          try {
            restored(parent, damaged);
          } catch (error) {
            expect(error).toBeInstanceOf(Error);
          }
        },
      ),
      { numRuns },
    );
  });
});

it("pages of pyarrow come out bit for bit, of either version and with every codec", async () => {
  const python = await pythonOf("tracking");
  const folder = mkdtempSync(path.join(tmpdir(), "cairn-pyarrow-"));
  try {
    const script = `
import pyarrow as pa, pyarrow.parquet as pq, random, sys
random.seed(1)
def table(n):
    return pa.table({"id": list(range(n)), "a": [(i * 7919) % 100003 for i in range(n)], "name": [f"name_{i % 500}" for i in range(n)],
                     "list": [[i, i + 1] for i in range(n)], "text": [f"{(i * 2654435761) % 2**32:08x}" for i in range(n)]})
for codec in ["snappy", "zstd", "gzip", "none", "brotli"]:
    for version in ["1.0", "2.0"]:
        t = table(20000)
        pq.write_table(t, f"{sys.argv[1]}/{codec}{version}.a", compression=codec, data_page_version=version)
        pq.write_table(pa.concat_tables([t.slice(0, 9000), t.slice(9100)]), f"{sys.argv[1]}/{codec}{version}.b", compression=codec, data_page_version=version)
`;
    writeFileSync(path.join(folder, "write.py"), script);
    execFileSync(python, [path.join(folder, "write.py"), folder]);
    for (const codec of ["snappy", "zstd", "gzip", "none", "brotli"]) {
      for (const version of ["1.0", "2.0"]) {
        const [parent, child] = ["a", "b"].map((each) =>
          readFileSync(path.join(folder, `${codec}${version}.${each}`)),
        );
        if (!parent || !child) throw new Error("pyarrow wrote nothing");
        const delta = stored(parent, child);
        expect(restored(parent, delta).equals(child)).toBe(true);
        if (codec === "brotli") continue;
        const { equal, all } = equalPages(parent);
        expect({ codec, version, share: equal / all }).toEqual({
          codec,
          version,
          share: codec === "gzip" ? (expect.any(Number) as number) : 1,
        });
        if (codec !== "gzip") expect((delta.length / child.length) * 100).toBeLessThan(20);
      }
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});

describe("Snappy", () => {
  const bytes = fc.oneof(
    fc.uint8Array({ maxLength: 400 }).map((array) => Buffer.from(array)),
    fc
      .array(fc.constantFrom("abcd", "abcdefgh", "x", "0000000000000000"), { maxLength: 400 })
      .map((all) => Buffer.from(all.join(""))),
    fc
      .nat(200_000)
      .map((size) => Buffer.concat([noise(size % 70_000), Buffer.alloc(size), noise(size % 90_000, 2)])),
  );
  it("gives back whatever it was given", () => {
    fc.assert(
      fc.property(bytes, fc.constantFrom(...SNAPPY_VARIANTS), (content, variant) => {
        expect(decompressSnappy(compressSnappy(content, variant), content.length).equals(content)).toBe(true);
      }),
      { numRuns: numRuns / 5 },
    );
  });

  it("reads no damaged bytes beyond what they are", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 60 }), fc.nat(200), (content, size) => {
        try {
          expect(decompressSnappy(Buffer.from(content), size)).toHaveLength(size);
        } catch (error) {
          expect(error).toBeInstanceOf(RangeError);
        }
      }),
      { numRuns },
    );
  });
});

it("Thrift's structs are read from any bytes without an end that is not there", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 300 }), (content) => {
      try {
        new ThriftReader(Buffer.from(content)).struct();
      } catch (error) {
        expect(error).toBeInstanceOf(RangeError);
      }
    }),
    { numRuns },
  );
});
