import { html, nothing } from "lit";
import type { LineQuery } from "../../../src/shared/console/plainLine.js";
import { styled } from "../styled.js";
import { parseAnsi, type AnsiSpan, type AnsiStyle } from "./ansi.js";
import { findLinks, type LogLink } from "./findLinks.js";
import { findPlaces } from "./findLines.js";

const NAMES = ["Black", "Red", "Green", "Yellow", "Blue", "Magenta", "Cyan", "White"];

export interface LineOptions {
  query: LineQuery;
  /** Makes links of places in source files. */
  open: ((link: LogLink) => void) | undefined;
}

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

function marked(text: string, query: LineQuery): unknown {
  const places = findPlaces(text, query);
  if (places.length === 0) return text;
  let at = 0;
  const parts: unknown[] = [];
  for (const [from, to] of places) {
    parts.push(text.slice(at, from), html`<mark>${text.slice(from, to)}</mark>`);
    at = to;
  }
  parts.push(text.slice(at));
  return parts;
}

/** One line of source on purpose: white space shows in a console. */
function linkButton(link: LogLink, text: unknown, open: (link: LogLink) => void): unknown {
  const title = `Open ${link.path} at line ${link.line}`;
  const go = (): void => {
    open(link);
  };
  return html`<button class="link log-link" title=${title} @click=${go}>${text}</button>`;
}

/** White space shows in a console: nothing stands between the parts. */
function linked(text: string, { query, open }: LineOptions): unknown {
  const links = open ? findLinks(text) : [];
  if (!open || links.length === 0) return marked(text, query);
  let at = 0;
  const parts: unknown[] = [];
  for (const link of links) {
    parts.push(marked(text.slice(at, link.from), query));
    const content = marked(text.slice(link.from, link.to), query);
    parts.push(linkButton(link, content, open));
    at = link.to;
  }
  parts.push(marked(text.slice(at), query));
  return parts;
}

function renderSpan(span: AnsiSpan, options: LineOptions): unknown {
  const content = linked(span.text, options);
  if (Object.keys(span.style).length === 0) return content;
  return html`<span ${styled(spanStyle(span.style))}>${content}</span>`;
}

/** One line in the terminal's colours, with every match marked and its links. */
export function renderLogLine(line: string, options: LineOptions): unknown {
  if (line === "") return nothing;
  return parseAnsi(line).spans.map((span) => renderSpan(span, options));
}
