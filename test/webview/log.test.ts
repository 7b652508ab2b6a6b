import { describe, expect, it } from "vitest";
import { collapseLine, stripAnsi } from "../../src/shared/console/plainLine.ts";
import { parseAnsi } from "../../webview/shared/log/ansi.ts";
import { findLines, findPlaces } from "../../webview/shared/log/findLines.ts";
import { findLinks } from "../../webview/shared/log/findLinks.ts";
import { LogSearch } from "../../webview/shared/log/logSearch.ts";
import { LogWindow } from "../../webview/shared/log/logWindow.ts";

const ESC = "\u001b";

function chunk(text: string, start: number, size = start + text.length) {
  return { text, start, end: start + text.length, size, complete: false };
}

describe("parseAnsi", () => {
  it("reads the palette, 256 colours, true colour and weight", () => {
    const { spans } = parseAnsi(`a${ESC}[1;31mb${ESC}[38;5;208mc${ESC}[38;2;1;2;255md${ESC}[0me`);
    expect(spans).toEqual([
      { text: "a", style: {} },
      { text: "b", style: { bold: true, foreground: 1 } },
      { text: "c", style: { bold: true, foreground: "#ff8700" } },
      { text: "d", style: { bold: true, foreground: "#0102ff" } },
      { text: "e", style: {} },
    ]);
  });

  it("leaves out cursor moves, titles, links and a code that was cut off", () => {
    expect(
      stripAnsi(`${ESC}[2K${ESC}[1A${ESC}]0;title\u0007text${ESC}]8;;http://x${ESC}\\link${ESC}[3`),
    ).toContain("textlink");
    expect(stripAnsi("a\u0000b\u0008c")).toBe("abc");
  });
});

describe("collapseLine", () => {
  it("leaves a progress bar's last state", () => {
    expect(collapseLine("0%\r50%\r100%")).toBe("100%");
    expect(collapseLine("windows\r")).toBe("windows");
    expect(collapseLine("90%\r\r")).toBe("90%");
  });

  it("cuts a line that is too long to draw", () => {
    expect(collapseLine("x".repeat(1_000_000)).length).toBeLessThan(20_000);
  });
});

describe("LogWindow", () => {
  it("joins a line that came in two chunks", () => {
    const log = new LogWindow();
    log.add(chunk("one\ntw", 0));
    expect(log.lines()).toEqual(["one", "tw"]);
    log.add(chunk("o\rtwo!\nthree", 6));
    expect(log.lines()).toEqual(["one", "two!", "three"]);
  });

  it("leaves out the cut line at its start until what is before is loaded", () => {
    const log = new LogWindow();
    log.add(chunk("lf\nsecond\n", 5, 15));
    expect(log.lines()).toEqual(["second", ""]);
    log.add(chunk("a\nfir", 0, 15));
    expect(log.lines()).toEqual(["a", "firlf", "second", ""]);
  });

  it("refuses what does not touch it, so that the gap is loaded", () => {
    const log = new LogWindow();
    log.add(chunk("abc", 0));
    expect(log.add(chunk("xyz", 10))).toBe(false);
    expect(log.lines()).toEqual(["abc"]);
  });

  it("lets old text go when a long log is followed", () => {
    const log = new LogWindow();
    const page = `${"x".repeat(999)}\n`.repeat(500);
    for (let i = 0; i < 30; i++) log.add(chunk(page, i * page.length));
    expect(log.end).toBe(30 * page.length);
    expect(log.lines().length).toBeLessThan(8_100);
    expect(log.start).toBeGreaterThan(0);
  });
});

describe("finding", () => {
  const plain = { regex: false, caseSensitive: false };

  it("finds in any case and through colours, or exactly, or by a pattern", () => {
    const lines = ["Loss 1", "nothing", `${ESC}[31mlo${ESC}[0mss 2`];
    expect(findLines(lines, { ...plain, text: "loss" })).toEqual([0, 2]);
    expect(findLines(lines, { ...plain, text: "loss", caseSensitive: true })).toEqual([2]);
    expect(findLines(lines, { ...plain, text: "s \\d$", regex: true })).toEqual([0, 2]);
    expect(findLines(lines, { ...plain, text: "(", regex: true })).toEqual([]);
  });

  it("knows the places to mark, none of them empty", () => {
    expect(findPlaces("a.b A.B", { ...plain, text: "a.b" })).toEqual([
      [0, 3],
      [4, 7],
    ]);
    expect(findPlaces("aXb", { ...plain, text: "x*", regex: true })).toEqual([[1, 2]]);
  });

  it("finds places in source files and nothing that only looks like them", () => {
    const links = (text: string) => findLinks(text).map(({ path, line, column }) => [path, line, column]);
    expect(links('  File "/a b/x.py", line 12, in f')).toEqual([["/a b/x.py", 12, undefined]]);
    expect(links("at src/train.ts:3:7, C:\\x\\y.py:9")).toEqual([
      ["src/train.ts", 3, 7],
      ["C:\\x\\y.py", 9, undefined],
    ]);
    expect(links('File "<stdin>", line 1')).toEqual([]);
    expect(links("12:30:45 http://localhost:5000 v1.2:3 example.com:443")).toEqual([]);
    const start = performance.now();
    expect(links(`${"a.py/".repeat(20_000)}:`)).toEqual([]);
    expect(performance.now() - start).toBeLessThan(500);
  });
});

describe("LogSearch", () => {
  const query = { text: "x", regex: false, caseSensitive: false };

  it("goes on where it was, replacing what was known of an unfinished line", async () => {
    const asked: number[] = [];
    const answers = [
      { lines: [0, 10, 20], count: 3, end: 20, unfinished: true },
      { lines: [20, 30], count: 2, end: 40, unfinished: false },
    ];
    const search = new LogSearch(
      ({ from }) => {
        asked.push(from);
        return Promise.resolve(answers.shift() ?? { lines: [], count: 0, end: 0, unfinished: false });
      },
      () => undefined,
    );
    await search.start(query);
    await search.more();
    expect(asked).toEqual([0, 20]);
    expect([search.count, search.listed, search.offset(2), search.offset(3)]).toEqual([4, 4, 20, 30]);
    expect([search.before(0), search.before(15), search.before(20), search.before(99)]).toEqual([0, 2, 3, 4]);
  });

  it("keeps the answer to the last question, whichever comes first", async () => {
    const waiting: ((count: number) => void)[] = [];
    const search = new LogSearch(
      () =>
        new Promise((resolve) => {
          waiting.push((count) => {
            resolve({ lines: [], count, end: 0, unfinished: false });
          });
        }),
      () => undefined,
    );
    const first = search.start(query);
    const second = search.start({ ...query, text: "y" });
    waiting[1]?.(2);
    waiting[0]?.(1);
    expect(await Promise.all([first, second])).toEqual([false, true]);
    expect(search.count).toBe(2);
  });
});
