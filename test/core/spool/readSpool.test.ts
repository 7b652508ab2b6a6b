import { mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { execFileSync } from "node:child_process";
import { open } from "node:fs/promises";
import path from "node:path";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { readLines } from "../../../src/core/spool/readLines.ts";
import { openSpool, type SpoolRecord } from "../../../src/core/spool/index.ts";
import { toErrorShape } from "../../../src/shared/errors.ts";
import { tempFolder } from "../tracking/tempStore.ts";
import { header, runLine } from "./lines.ts";

/** All records of a file, or the code of the error. */
async function readAll(content: string | Buffer, start = 0): Promise<SpoolRecord[] | string> {
  const file = path.join(tempFolder(), "r.jsonl");
  writeFileSync(file, content);
  try {
    const spool = await openSpool(file);
    if (spool === undefined) return "nothing";
    const records: SpoolRecord[] = spool.run === undefined ? [] : [spool.run];
    try {
      for await (const part of spool.parts(Math.max(start, spool.body))) records.push(...part.records);
    } finally {
      await spool.close();
    }
    return records;
  } catch (error) {
    return toErrorShape(error).code;
  }
}

const lines = (...records: object[]): string =>
  records.map((record) => `${JSON.stringify(record)}\n`).join("");

describe("lines of a file", () => {
  test("are whole, all there and in order, whatever the size of a read", async () => {
    const file = path.join(tempFolder(), "lines");
    const text = fc.string({ unit: "grapheme" }).map((line) => line.replaceAll("\n", ""));
    await fc.assert(
      fc.asyncProperty(fc.array(text), fc.nat(40), fc.string(), async (all, size, rest) => {
        writeFileSync(file, `${all.map((line) => `${line}\n`).join("")}${rest.replaceAll("\n", "")}`);
        const handle = await open(file);
        const found: string[] = [];
        let next = 0;
        for await (const { lines: some, end } of readLines(handle, 0, size + 1)) {
          found.push(...some);
          next = end;
        }
        await handle.close();
        expect(found).toEqual(all.map((line) => Buffer.from(line).toString()));
        expect(next).toBe(Buffer.byteLength(all.map((line) => `${line}\n`).join("")));
      }),
    );
  });

  test("of more than the longest length are left out, and nothing else is", async () => {
    const file = path.join(tempFolder(), "lines");
    const text = fc.string({ unit: fc.constantFrom("a", "b"), maxLength: 60 });
    await fc.assert(
      fc.asyncProperty(fc.array(text), fc.integer({ min: 1, max: 8 }), async (all, size) => {
        writeFileSync(file, all.map((line) => `${line}\n`).join(""));
        const handle = await open(file);
        const found: string[] = [];
        let skipped = 0;
        for await (const part of readLines(handle, 0, size, 20)) {
          found.push(...part.lines);
          if (part.skipped) skipped += 1;
        }
        await handle.close();
        // A read may end within a line that is a little longer, and then holds it anyway.
        const kept = all.filter((line) => line.length <= 20);
        expect(found.filter((line) => line.length <= 20)).toEqual(kept);
        expect(found.length + skipped).toBe(all.length);
        expect(all.filter((line) => line.length > 20 + size).length).toBeLessThanOrEqual(skipped);
      }),
    );
  });
});

describe("a spool", () => {
  test("is read as it was written, to its last whole line", async () => {
    const points = { k: "m", t: 5, s: 1, m: { loss: 0.5, nan: "NaN", up: "Infinity", down: "-Infinity" } };
    const text = lines(header(), runLine(), points, { k: "close" });
    expect(await readAll(`${text}{"k":"m","t":5,"s":2,"m":{"lo`)).toEqual([
      runLine(),
      { ...points, m: new Map(Object.entries({ loss: 0.5, nan: NaN, up: Infinity, down: -Infinity })) },
      { k: "close" },
    ]);
    const start = Buffer.byteLength(lines(header(), runLine(), points));
    expect(await readAll(text, start)).toEqual([runLine(), { k: "close" }]);
  });

  test("keeps a metric of any name", async () => {
    await fc.assert(
      fc.asyncProperty(fc.string({ unit: "grapheme" }), fc.double(), async (name, value) => {
        const given = Number.isFinite(value) ? value : String(value);
        // Not as an object: there `__proto__` is no key.
        const point = `{"k":"m","t":1,"s":0,"m":{${JSON.stringify(name)}:${JSON.stringify(given)}}}\n`;
        const found = await readAll(lines(header(), runLine()) + point);
        expect(found[1]).toEqual({ k: "m", t: 1, s: 0, m: new Map([[name, value === 0 ? 0 : value]]) });
      }),
      { examples: [["__proto__", 1]], numRuns: 50 },
    );
  });

  test("of a newer version is told from what is no spool", async () => {
    expect(await readAll(lines({ v: 2, anything: [] }))).toBe("tooNew");
    expect(await readAll("hello\n")).toBe("corrupt");
    expect(await readAll(lines({ ...header(), run: "../x" }))).toBe("corrupt");
    expect(await readAll("")).toBe("nothing");
    expect(await readAll(JSON.stringify(header()))).toBe("nothing");
  });

  test("with anything broken in it gives only what it says", async () => {
    const whole = lines(
      header(),
      runLine(),
      { k: "m", t: 5, s: 1, m: { loss: 0.5 } },
      { k: "params", values: { lr: "0.1" } },
      { k: "artifact", path: "a.txt", file: "1" },
      { k: "end", status: "FINISHED", t: 9 },
    );
    const change = fc.record({
      at: fc.nat(whole.length),
      cut: fc.nat(9),
      insert: fc.uint8Array({ maxLength: 9 }),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(change, { minLength: 1, maxLength: 4 }), async (changes) => {
        let bytes = Buffer.from(whole);
        for (const { at, cut, insert } of changes)
          bytes = Buffer.concat([bytes.subarray(0, at), insert, bytes.subarray(at + cut)]);
        const found = await readAll(bytes);
        if (typeof found === "string") expect(["corrupt", "tooNew", "nothing"]).toContain(found);
        else
          for (const { k } of found) expect(["run", "m", "params", "tags", "artifact", "end"]).toContain(k);
      }),
    );
  });

  test.skipIf(process.platform === "win32")("is a file, never a link, a pipe or a folder", async () => {
    const folder = tempFolder();
    const real = path.join(folder, "real.jsonl");
    writeFileSync(real, lines(header(), runLine()));
    symlinkSync(real, path.join(folder, "link.jsonl"));
    execFileSync("mkfifo", [path.join(folder, "pipe.jsonl")]);
    mkdirSync(path.join(folder, "folder.jsonl"));
    await expect(openSpool(path.join(folder, "link.jsonl"))).rejects.toThrow("ELOOP");
    expect(await openSpool(path.join(folder, "pipe.jsonl"))).toBeUndefined();
    expect(await openSpool(path.join(folder, "folder.jsonl"))).toBeUndefined();
    const spool = await openSpool(real);
    expect(spool?.run).toEqual(runLine());
    await spool?.close();
  });
});
