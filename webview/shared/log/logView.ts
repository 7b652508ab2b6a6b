import { LitElement, css, html, nothing } from "lit";
import { customElement, property, query, state } from "lit/decorators.js";
import { repeat } from "lit/directives/repeat.js";
import { styled } from "../styled.js";
import type { ConsoleChunk } from "../../../src/shared/protocol.js";
import { toError } from "../../../src/shared/errors.js";
import { formatBytes, formatCount, plural } from "../format.js";
import { iconButton } from "../icon.js";
import { banner, emptyState } from "../states.js";
import { findLines, nextMatch } from "./findLines.js";
import { renderLogLine } from "./logLine.js";
import { LogWindow } from "./logWindow.js";

const LINE_HEIGHT = 18;
const OVERSCAN = 20;
/** Bytes asked for at once. */
const PAGE = 256 * 1024;
/** Distance from an end, in pixels, at which the next page is loaded. */
const NEAR = 400;

/** A console log of any size: loaded from its end, older and newer parts as they are scrolled to. */
@customElement("cairn-log")
export class LogView extends LitElement {
  @property({ attribute: false }) load:
    ((start: number, maxBytes: number) => Promise<ConsoleChunk>) | undefined;
  @property({ attribute: false }) copy: ((text: string) => void) | undefined;
  @state() private follow = true;
  @state() private find = "";
  @state() private found: number | undefined;
  @state() private failure: unknown;
  @state() private loaded = false;
  @query(".log-scroll") private scroller!: HTMLElement | null;

  private readonly log = new LogWindow();
  private loading = false;

  protected override createRenderRoot(): HTMLElement {
    return this;
  }

  override connectedCallback(): void {
    super.connectedCallback();
    void this.toEnd();
  }

  /** New output, as it is pushed. A gap (after a lost connection) is filled by loading. */
  push(chunk: ConsoleChunk): void {
    if (!this.loaded) return;
    const wasAtEnd = this.log.atEnd;
    if (!this.log.add(chunk) && wasAtEnd) void this.fetch(this.log.end);
    this.requestUpdate();
  }

  private async fetch(start: number, maxBytes = PAGE): Promise<void> {
    if (this.loading || !this.load) return;
    this.loading = true;
    try {
      const before = this.log.start;
      const shown = this.log.lines().length;
      const chunk = await this.load(start, maxBytes);
      this.log.add(chunk);
      this.failure = undefined;
      if (this.loaded && this.log.start < before) this.keepPlace(this.log.lines().length - shown);
      this.loaded = true;
    } catch (error) {
      this.failure = error;
    } finally {
      this.loading = false;
      this.requestUpdate();
    }
  }

  private keepPlace(added: number): void {
    if (this.found !== undefined) this.found += added;
    void this.updateComplete.then(() => {
      if (this.scroller) this.scroller.scrollTop += added * LINE_HEIGHT;
    });
  }

  private readonly toEnd = async (): Promise<void> => {
    this.follow = true;
    if (this.loaded && this.log.atEnd) return;
    this.log.clear();
    await this.fetch(-PAGE);
  };

  private readonly toStart = async (): Promise<void> => {
    this.follow = false;
    if (this.log.start > 0) {
      this.log.clear();
      await this.fetch(0);
    }
    await this.updateComplete;
    if (this.scroller) this.scroller.scrollTop = 0;
  };

  private readonly onScroll = (): void => {
    const view = this.scroller;
    if (!view) return;
    const below = view.scrollHeight - view.scrollTop - view.clientHeight;
    if (below > LINE_HEIGHT * 2) this.follow = false;
    else if (this.log.atEnd) this.follow = true;
    if (view.scrollTop < NEAR && this.log.start > 0) {
      const start = Math.max(0, this.log.start - PAGE);
      void this.fetch(start, this.log.start - start);
    } else if (below < NEAR && !this.log.atEnd) void this.fetch(this.log.end);
    this.requestUpdate();
  };

  protected override updated(): void {
    if (this.follow && this.scroller) {
      const before = this.scroller.scrollTop;
      this.scroller.scrollTop = this.scroller.scrollHeight;
      if (this.scroller.scrollTop !== before) this.requestUpdate();
    }
  }

  private step(forward: boolean): void {
    const matches = findLines(this.log.lines(), this.find);
    this.found = nextMatch(matches, this.found ?? (forward ? -1 : Infinity), forward);
    if (this.found === undefined || !this.scroller) return;
    this.follow = false;
    this.scroller.scrollTop = Math.max(0, this.found * LINE_HEIGHT - this.scroller.clientHeight / 2);
  }

  private readonly onFind = (event: InputEvent): void => {
    this.find = (event.target as HTMLInputElement).value;
    this.found = undefined;
    if (this.find !== "") this.step(false);
  };

  private readonly onFindKey = (event: KeyboardEvent): void => {
    if (event.key !== "Enter") return;
    event.preventDefault();
    this.step(!event.shiftKey);
  };

  protected override render(): unknown {
    if (this.failure !== undefined && !this.loaded)
      return banner("error", toError(this.failure).message, {
        label: "Try again",
        onClick: () => void this.toEnd(),
      });
    const lines = this.shownLines();
    return html`${this.renderBar(lines)}
    ${
      this.failure === undefined
        ? nothing
        : banner("error", toError(this.failure).message, { label: "Try again", onClick: this.onScroll })
    }
    ${
      this.loaded && this.log.size === 0
        ? emptyState({
            icon: "output",
            title: "No output",
            text: this.log.complete
              ? "The run wrote nothing to its console."
              : "Nothing has been written to the console yet.",
          })
        : this.renderLines(lines)
    }`;
  }

  /** Without the empty line after a log's last line feed. */
  private shownLines(): readonly string[] {
    const lines = this.log.lines();
    return lines[lines.length - 1] === "" ? lines.slice(0, -1) : lines;
  }

  private renderBar(lines: readonly string[]): unknown {
    const matches = findLines(lines, this.find);
    const at = this.found === undefined ? 0 : matches.indexOf(this.found) + 1;
    const partial = this.log.start > 0 || !this.log.atEnd;
    const scope = partial
      ? `, ${formatBytes(this.log.end - this.log.start)} of ${formatBytes(this.log.size)} loaded`
      : "";
    const hits = matches.length === 0 ? "No results" : `${formatCount(at)} of ${formatCount(matches.length)}`;
    return html`<div class="log-bar" role="toolbar" aria-label="Console">
      <input
        class="input log-find"
        type="search"
        placeholder="Find"
        aria-label="Find in the console"
        .value=${this.find}
        @input=${this.onFind}
        @keydown=${this.onFindKey}
      />
      ${iconButton({
        icon: "arrow-up",
        label: "Previous match (Shift+Enter)",
        disabled: matches.length === 0,
        onClick: () => {
          this.step(false);
        },
      })}
      ${iconButton({
        icon: "arrow-down",
        label: "Next match (Enter)",
        disabled: matches.length === 0,
        onClick: () => {
          this.step(true);
        },
      })}
      <span class="muted clip grow" role="status"
        >${this.find ? hits + scope : `${plural(lines.length, "line")}${scope}`}</span
      >
      ${iconButton({
        icon: "copy",
        label: "Copy what is loaded",
        onClick: () => {
          this.copy?.(lines.join("\n"));
        },
      })}
      ${iconButton({ icon: "fold-up", label: "Go to the start", onClick: () => void this.toStart() })}
      ${iconButton({ icon: "fold-down", label: "Follow the end", pressed: this.follow, onClick: () => void this.toEnd() })}
    </div>`;
  }

  /** White space shows in a console, so the element holds nothing but the line. */
  private renderLine(index: number, line: string): unknown {
    const classes = index === this.found ? "log-line found" : "log-line";
    const content = renderLogLine(line, this.find);
    return html`<div class=${classes}>${content}</div>`;
  }

  private renderLines(lines: readonly string[]): unknown {
    const top = this.scroller?.scrollTop ?? 0;
    const height = this.scroller?.clientHeight ?? 600;
    const first = this.follow
      ? Math.max(0, lines.length - Math.ceil(height / LINE_HEIGHT) - OVERSCAN)
      : Math.max(0, Math.floor(top / LINE_HEIGHT) - OVERSCAN);
    const last = Math.min(lines.length, first + Math.ceil(height / LINE_HEIGHT) + 2 * OVERSCAN);
    const indexes = Array.from({ length: last - first }, (_, i) => first + i);
    return html`<div
      class="log-scroll grow mono"
      tabindex="0"
      role="log"
      aria-label="Console output"
      aria-live="off"
      @scroll=${this.onScroll}
    >
      <div class="log-lines" ${styled({ height: `${lines.length * LINE_HEIGHT}px` })}>
        <div class="log-shown" ${styled({ transform: `translateY(${first * LINE_HEIGHT}px)` })}>
          ${repeat(
            indexes,
            (index) => index,
            (index) => this.renderLine(index, lines[index] ?? ""),
          )}
        </div>
      </div>
    </div>`;
  }
}

export const logStyles = css`
  cairn-log {
    display: flex;
    flex-direction: column;
    height: 100%;
    min-height: 0;
  }
  .log-bar {
    display: flex;
    align-items: center;
    gap: 4px;
    flex: none;
    padding: 6px 10px;
    border-bottom: 1px solid var(--vscode-panel-border, var(--vscode-contrastBorder));
  }
  .log-find {
    width: 200px;
    flex: 0 1 200px;
  }
  .log-scroll {
    overflow: auto;
    padding: 4px 0;
    background: var(
      --vscode-terminal-background,
      var(--vscode-panel-background, var(--vscode-editor-background))
    );
    color: var(--vscode-terminal-foreground, var(--vscode-foreground));
  }
  .log-lines {
    position: relative;
    width: max-content;
    min-width: 100%;
  }
  .log-line {
    height: 18px;
    padding: 0 12px;
    line-height: 18px;
    white-space: pre;
  }
  .log-line.found {
    background: var(--vscode-editor-findMatchHighlightBackground);
    outline: 1px solid var(--vscode-editor-findMatchBorder, transparent);
  }
  .log-line mark {
    background: var(--vscode-editor-findMatchBackground);
    color: inherit;
  }
`;
