import { html, type TemplateResult } from "lit";
import type { LineQuery } from "../../../src/shared/console/plainLine.js";
import { toError } from "../../../src/shared/errors.js";
import { formatBytes, formatCount, plural } from "../format.js";
import { iconButton } from "../icon.js";

export interface LogBar {
  query: LineQuery;
  /** Loaded lines. */
  lines: number;
  /** Bytes, and those of the whole log. */
  loaded: number;
  size: number;
  follow: boolean;
  /** Number of the match gone to, from 0; how many there are, and how many of them can be gone to. */
  found: number | undefined;
  count: number;
  listed: number;
  busy: boolean;
  failure: unknown;
  setQuery: (change: Partial<LineQuery>) => void;
  step: (forward: boolean) => void;
  copy: () => void;
  toStart: () => void;
  toEnd: () => void;
}

/** The tools over a console: find, copy, go to an end. */
export function logBar(bar: LogBar): TemplateResult {
  const { query, setQuery, step, listed } = bar;
  const onKey = (event: KeyboardEvent): void => {
    if (event.key !== "Enter") return;
    event.preventDefault();
    step(!event.shiftKey);
  };
  return html`<div class="log-bar" role="toolbar" aria-label="Console">
    <span class="log-find-box">
      <input
        class="input log-find"
        type="text"
        spellcheck="false"
        placeholder="Find"
        aria-label="Find in the console"
        aria-invalid=${bar.failure !== undefined}
        .value=${query.text}
        @input=${(event: InputEvent) => {
          setQuery({ text: (event.target as HTMLInputElement).value });
        }}
        @keydown=${onKey}
      />
      <span class="log-toggles">
        ${iconButton({
          icon: "case-sensitive",
          label: "Match Case",
          pressed: query.caseSensitive,
          onClick: () => {
            setQuery({ caseSensitive: !query.caseSensitive });
          },
        })}
        ${iconButton({
          icon: "regex",
          label: "Use Regular Expression",
          pressed: query.regex,
          onClick: () => {
            setQuery({ regex: !query.regex });
          },
        })}
      </span>
    </span>
    ${iconButton({
      icon: "arrow-up",
      label: "Previous match (Shift+Enter)",
      disabled: listed === 0,
      onClick: () => {
        step(false);
      },
    })}
    ${iconButton({
      icon: "arrow-down",
      label: "Next match (Enter)",
      disabled: listed === 0,
      onClick: () => {
        step(true);
      },
    })}
    <span class="muted clip grow" role="status" title=${statusOf(bar)}>${statusOf(bar)}</span>
    ${iconButton({ icon: "copy", label: "Copy what is loaded", onClick: bar.copy })}
    ${iconButton({ icon: "fold-up", label: "Go to the start", onClick: bar.toStart })}
    ${iconButton({ icon: "fold-down", label: "Follow the end", pressed: bar.follow, onClick: bar.toEnd })}
  </div>`;
}

function statusOf({ query, lines, loaded, size, found, count, listed, busy, failure }: LogBar): string {
  if (query.text === "") {
    const part = loaded < size ? `, ${formatBytes(loaded)} of ${formatBytes(size)} loaded` : "";
    return `${plural(lines, "line")}${part}`;
  }
  if (busy && count === 0) return "Searching…";
  if (failure !== undefined) return toError(failure).message;
  if (count === 0) return "No results";
  const limit = listed < count ? ` (the first ${formatCount(listed)} can be gone to)` : "";
  const at = found === undefined ? "?" : formatCount(found + 1);
  return `${at} of ${formatCount(count)} matching ${count === 1 ? "line" : "lines"}${limit}`;
}
