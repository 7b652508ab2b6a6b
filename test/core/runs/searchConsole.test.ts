import fc from "fast-check";
import { closeSync, openSync, writeFileSync, writeSync } from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { searchConsole } from "../../../src/core/runs/searchConsole.js";
import { lineMatcher, plainLine } from "../../../src/shared/console/plainLine.js";
import { CONSOLE_MATCHES_MAX, type ConsoleQuery } from "../../../src/shared/protocol.js";
import { temporaryFolder } from "../config/temporaryFolder.ts";

function logOf(content: string | Buffer): string {
  const file = path.join(temporaryFolder(), "console.log");
  writeFileSync(file, content);
  return file;
}

function looking(text: string, options: Partial<ConsoleQuery> = {}): ConsoleQuery {
  return { text, regex: false, caseSensitive: false, from: 0, ...options };
}

/** The same by the plainest way: every line, decoded by itself. */
function slowly(content: Buffer, query: ConsoleQuery): number[] {
  const matches = lineMatcher(query);
  const found: number[] = [];
  let at = 0;
  for (const line of content.toString("latin1").split("\n")) {
    if (matches(plainLine(Buffer.from(line, "latin1").toString("utf8")))) found.push(at);
    at += line.length + 1;
  }
  return found;
}

describe("searchConsole", () => {
  it("finds what is shown: through colours, the last state of a bar, in any case", async () => {
    const lines = ["Loss 1", "\u001b[31mlo\u001b[0mss 2", "loss 9\rdone", "0%\rLOSS 3", "é loss"];
    const file = logOf(lines.join("\n"));
    const { lines: found, count } = await searchConsole(file, looking("loss"));
    expect(count).toBe(4);
    const bytes = Buffer.from(lines.join("\n"));
    expect(found.map((at) => bytes.subarray(at).toString().split("\n")[0])).toEqual([
      lines[0],
      lines[1],
      lines[3],
      lines[4],
    ]);
    expect((await searchConsole(file, looking("loss", { caseSensitive: true }))).count).toBe(2);
    expect((await searchConsole(file, looking("^loss \\d$", { regex: true }))).count).toBe(3);
  });

  it("agrees with looking at every line, whatever bytes the log holds", async () => {
    const piece = fc.oneof(
      fc.constantFrom(
        "loss",
        "LO",
        "ss",
        "\n",
        "\r",
        "\u001b[1m",
        "\u001b[0m",
        "é",
        "İ",
        "😀",
        "…",
        "x".repeat(10_050),
      ),
      fc.uint8Array({ maxLength: 4 }).map((bytes) => Buffer.from(bytes)),
    );
    await fc.assert(
      fc.asyncProperty(
        fc.array(piece, { maxLength: 60 }),
        fc.constantFrom("loss", "s", "é", "x", "i̇", "…"),
        fc.boolean(),
        async (pieces, text, caseSensitive) => {
          const content = Buffer.concat(pieces.map((each) => Buffer.from(each as Buffer)));
          const query = looking(text, { caseSensitive });
          expect((await searchConsole(logOf(content), query)).lines).toEqual(slowly(content, query));
        },
      ),
      { numRuns: Number(process.env.CAIRN_FUZZ ?? 300) },
    );
  });

  it("joins lines over the borders of what it reads at once", async () => {
    const line = `${"y".repeat(700)} needle ${"é".repeat(150)}\n`;
    const content = Buffer.from(line.repeat(4000));
    const { lines, count, end } = await searchConsole(logOf(content), looking("NEEDLE"));
    const bytes = Buffer.byteLength(line);
    expect(count).toBe(4000);
    expect(lines).toEqual(Array.from({ length: 4000 }, (_, i) => i * bytes));
    expect(end).toBe(content.length);
  });

  it("goes on where it stopped, and looks again at a line that was not finished", async () => {
    const file = logOf("one\ntwo ne");
    expect(await searchConsole(file, looking("ne"))).toEqual({
      lines: [0, 4],
      count: 2,
      end: 4,
      unfinished: true,
    });
    writeFileSync(file, "edle\nneedle\n", { flag: "a" });
    const more = await searchConsole(file, looking("ne", { from: 4 }));
    expect(more).toEqual({ lines: [4, 15], count: 2, end: 22, unfinished: false });
  });

  it("counts what it does not list", async () => {
    const result = await searchConsole(logOf("hit\n".repeat(CONSOLE_MATCHES_MAX + 7)), looking("hit"));
    expect(result.count).toBe(CONSOLE_MATCHES_MAX + 7);
    expect(result.lines).toHaveLength(CONSOLE_MATCHES_MAX);
  });

  it("refuses a pattern that cannot be read, and one that never ends", async () => {
    const file = logOf(`${"a".repeat(60)}!\n`);
    await expect(searchConsole(file, looking("(", { regex: true }))).rejects.toMatchObject({
      code: "invalid",
    });
    const start = performance.now();
    await expect(searchConsole(file, looking("^(a+)+$", { regex: true }))).rejects.toThrow(/takes too long/);
    expect(performance.now() - start).toBeLessThan(5000);
  });

  it("stops when nobody waits any longer, and finds nothing where there is no log", async () => {
    const stopped = AbortSignal.abort();
    await expect(searchConsole(logOf("a\n"), looking("a"), stopped)).rejects.toThrow();
    expect(await searchConsole("/nowhere/console.log", looking("a"))).toMatchObject({ count: 0 });
  });

  it("searches a gigabyte in the memory of one chunk", async () => {
    const file = path.join(temporaryFolder(), "console.log");
    const page = Buffer.from(
      `${"step 000000 loss 0.12345 accuracy 0.98765 lr 0.001000".padEnd(99)}\n`.repeat(10_486),
    );
    const handle = openSync(file, "w");
    const pages = Math.ceil(2 ** 30 / page.length);
    for (let i = 0; i < pages; i++) writeSync(handle, page);
    writeSync(handle, "\u001b[31mTraceback\u001b[0m (most recent call last)\n");
    closeSync(handle);
    const before = process.memoryUsage.rss();
    let most = before;
    const timer = setInterval(() => {
      most = Math.max(most, process.memoryUsage.rss());
    }, 20);
    const start = performance.now();
    const { lines } = await searchConsole(file, looking("traceback (most"));
    clearInterval(timer);
    console.log(`1 GB in ${Math.round(performance.now() - start)} ms, ${(most - before) >> 20} MB more`);
    expect(lines).toEqual([pages * page.length]);
    expect(most - before).toBeLessThan(200 << 20);
  }, 120_000);
});
