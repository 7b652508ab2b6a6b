import { describe, expect, it } from "vitest";
import { collapseLine, stripAnsi } from "../../src/shared/console/plainLine.ts";
import { parseAnsi } from "../../webview/shared/log/ansi.ts";
import { findLines, nextMatch } from "../../webview/shared/log/findLines.ts";
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
  it("finds in any case, through colours, and goes round", () => {
    const lines = ["Loss 1", "nothing", `${ESC}[31mlo${ESC}[0mss 2`];
    expect(findLines(lines, "loss")).toEqual([0, 2]);
    expect(nextMatch([0, 2], 0, true)).toBe(2);
    expect(nextMatch([0, 2], 2, true)).toBe(0);
    expect(nextMatch([0, 2], 0, false)).toBe(2);
    expect(nextMatch([], 0, true)).toBeUndefined();
  });
});
