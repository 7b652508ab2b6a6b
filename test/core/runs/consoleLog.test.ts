import fc from "fast-check";
import { writeFileSync } from "node:fs";
import path from "node:path";
import { expect, test } from "vitest";
import { readConsoleLog } from "../../../src/core/runs/consoleLog.js";
import { temporaryFolder } from "../config/temporaryFolder.ts";

function logOf(content: string | Buffer): string {
  const file = path.join(temporaryFolder(), "console.log");
  writeFileSync(file, content);
  return file;
}

test("a log read in pieces of any size is the log, no character cut", async () => {
  const content = "a é € 😀\r50%\r100%\n日本語 ".repeat(3);
  const file = logOf(content);
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: 1, max: 40 }), async (size) => {
      let text = "";
      let at = 0;
      for (let i = 0; i < 1000; i++) {
        const chunk = await readConsoleLog(file, at, size, true);
        expect(chunk.start).toBe(at);
        expect(Buffer.byteLength(chunk.text)).toBe(chunk.end - chunk.start);
        text += chunk.text;
        at = chunk.end;
        if (chunk.complete) break;
      }
      expect(text).toBe(content);
    }),
  );
});

test("a character that is not all there yet waits for its rest, and is given out broken at the end", async () => {
  const file = logOf(Buffer.concat([Buffer.from("ok "), Buffer.from("😀").subarray(0, 2)]));
  expect(await readConsoleLog(file, 0, 100, false)).toEqual({
    text: "ok ",
    start: 0,
    end: 3,
    size: 5,
    complete: false,
  });
  expect(await readConsoleLog(file, 3, 100, false)).toMatchObject({ text: "", start: 3, end: 3 });
  expect(await readConsoleLog(file, 0, 100, true)).toEqual({
    text: "ok \ufffd",
    start: 0,
    end: 5,
    size: 5,
    complete: true,
  });
});

test("from the end, a piece begins with a whole character", async () => {
  const file = logOf("abc😀def");
  expect(await readConsoleLog(file, -5, 100, false)).toMatchObject({ text: "def", start: 7, end: 10 });
  expect(await readConsoleLog(file, -1000, 100, false)).toMatchObject({ text: "abc😀def", start: 0 });
});

test("bytes that are no UTF-8 neither stop the reading nor shift the offsets", async () => {
  const bytes = Buffer.from([0x61, 0xff, 0xfe, 0x80, 0x80, 0x80, 0x80, 0xc0, 0xe2, 0x28, 0x62]);
  const file = logOf(bytes);
  const chunk = await readConsoleLog(file, 0, 100, false);
  expect(chunk.end).toBe(bytes.length);
  expect(chunk.text.startsWith("a")).toBe(true);
  expect(chunk.text.endsWith("(b")).toBe(true);
});

test("arbitrary bytes in arbitrary pieces are read to the end", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.uint8Array({ maxLength: 60 }),
      fc.integer({ min: 1, max: 9 }),
      async (bytes, size) => {
        const file = logOf(Buffer.from(bytes));
        let at = 0;
        for (let i = 0; at < bytes.length; i++) {
          expect(i).toBeLessThan(200);
          at = (await readConsoleLog(file, at, size, true)).end;
        }
        expect((await readConsoleLog(file, at, size, true)).complete).toBe(true);
      },
    ),
    { numRuns: 100 },
  );
});

test("past the end, and of a file that is not there, nothing is read", async () => {
  const file = logOf("abc");
  expect(await readConsoleLog(file, 50, 10, true)).toEqual({
    text: "",
    start: 3,
    end: 3,
    size: 3,
    complete: true,
  });
  expect(await readConsoleLog(`${file}.no`, 0, 10, false)).toEqual({
    text: "",
    start: 0,
    end: 0,
    size: 0,
    complete: false,
  });
});
