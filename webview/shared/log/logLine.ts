import { html, nothing } from "lit";
import { styled } from "../styled.js";
import { parseAnsi, type AnsiSpan, type AnsiStyle } from "./ansi.js";

const NAMES = ["Black", "Red", "Green", "Yellow", "Blue", "Magenta", "Cyan", "White"];

function cssColor(color: number | string): string {
  if (typeof color === "string") return color;
  const bright = color > 7 ? "Bright" : "";
  return `var(--vscode-terminal-ansi${bright}${NAMES[color % 8] ?? "White"})`;
}

function spanStyle(style: AnsiStyle): Record<string, string> {
  return {
    ...(style.foreground === undefined ? {} : { color: cssColor(style.foreground) }),
    ...(style.background === undefined ? {} : { backgroundColor: cssColor(style.background) }),
    ...(style.bold ? { fontWeight: "bold" } : {}),
    ...(style.dim ? { opacity: "0.7" } : {}),
    ...(style.italic ? { fontStyle: "italic" } : {}),
    ...(style.underline ? { textDecoration: "underline" } : {}),
  };
}

function marked(text: string, find: string): unknown {
  if (find === "") return text;
  const parts: unknown[] = [];
  const lower = text.toLowerCase();
  let at = 0;
  for (let hit = lower.indexOf(find); hit >= 0; hit = lower.indexOf(find, at)) {
    parts.push(text.slice(at, hit), html`<mark>${text.slice(hit, hit + find.length)}</mark>`);
    at = hit + find.length;
  }
  parts.push(text.slice(at));
  return parts;
}

function renderSpan(span: AnsiSpan, find: string): unknown {
  const content = marked(span.text, find);
  if (Object.keys(span.style).length === 0) return content;
  return html`<span ${styled(spanStyle(span.style))}>${content}</span>`;
}

/** One line in the terminal's colours, with every place of `find` marked. */
export function renderLogLine(line: string, find: string): unknown {
  if (line === "") return nothing;
  return parseAnsi(line).spans.map((span) => renderSpan(span, find.toLowerCase()));
}
