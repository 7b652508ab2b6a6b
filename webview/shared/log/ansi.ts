import { CONTROL, ESCAPE } from "../../../src/shared/console/plainLine.js";

/** What the escape codes before a piece of text asked for. Colours: 0–15 of the terminal's palette, or `#rrggbb`. */
export interface AnsiStyle {
  foreground?: number | string;
  background?: number | string;
  bold?: boolean;
  dim?: boolean;
  italic?: boolean;
  underline?: boolean;
}

export interface AnsiSpan {
  text: string;
  style: AnsiStyle;
}

/** Splits a line at its colour codes, starting in `style`; returns the style that the next line starts with. */
export function parseAnsi(line: string, style: AnsiStyle = {}): { spans: AnsiSpan[]; style: AnsiStyle } {
  const spans: AnsiSpan[] = [];
  let current = style;
  let at = 0;
  const add = (text: string): void => {
    const clean = text.replace(CONTROL, "");
    if (clean) spans.push({ text: clean, style: current });
  };
  for (const match of line.matchAll(ESCAPE)) {
    add(line.slice(at, match.index));
    at = match.index + match[0].length;
    if (match[1] !== undefined) current = applyCodes(current, match[1].split(/[;:]/).map(Number));
  }
  add(line.slice(at));
  return { spans, style: current };
}

function applyCodes(before: AnsiStyle, codes: number[]): AnsiStyle {
  let style = { ...before };
  for (let i = 0; i < codes.length; i++) {
    const code = codes[i] ?? 0;
    if (code === 38 || code === 48) {
      const { color, used } = extendedColor(codes, i + 1);
      if (color !== undefined) style[code === 38 ? "foreground" : "background"] = color;
      i += used;
    } else if (code === 0) style = {};
    else applyCode(style, code);
  }
  return style;
}

function applyCode(style: AnsiStyle, code: number): void {
  if (code === 1) style.bold = true;
  else if (code === 2) style.dim = true;
  else if (code === 3) style.italic = true;
  else if (code === 4) style.underline = true;
  else if (code === 22) {
    delete style.bold;
    delete style.dim;
  } else if (code === 23) delete style.italic;
  else if (code === 24) delete style.underline;
  else if (code >= 30 && code <= 37) style.foreground = code - 30;
  else if (code === 39) delete style.foreground;
  else if (code >= 40 && code <= 47) style.background = code - 40;
  else if (code === 49) delete style.background;
  else if (code >= 90 && code <= 97) style.foreground = code - 82;
  else if (code >= 100 && code <= 107) style.background = code - 92;
}

function extendedColor(codes: number[], at: number): { color?: number | string; used: number } {
  if (codes[at] === 2) return { color: hex(codes.slice(at + 1, at + 4)), used: 4 };
  if (codes[at] !== 5) return { used: 0 };
  const index = codes[at + 1] ?? 0;
  if (index < 16) return { color: index, used: 2 };
  if (index >= 232) {
    const grey = 8 + (index - 232) * 10;
    return { color: hex([grey, grey, grey]), used: 2 };
  }
  const levels = [0, 95, 135, 175, 215, 255];
  const cube = index - 16;
  const parts = [Math.floor(cube / 36), Math.floor(cube / 6) % 6, cube % 6];
  return { color: hex(parts.map((part) => levels[part] ?? 0)), used: 2 };
}

function hex(parts: number[]): string {
  return `#${parts
    .map((part) =>
      Math.min(255, Math.max(0, part || 0))
        .toString(16)
        .padStart(2, "0"),
    )
    .join("")}`;
}
