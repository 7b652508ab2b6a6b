import { LitElement, html, nothing } from "lit";
import { customElement, property, query, state } from "lit/decorators.js";
import { repeat } from "lit/directives/repeat.js";
import { styled } from "../styled.js";
import type { ConsoleChunk, ConsoleMatches, ConsoleQuery } from "../../../src/shared/protocol.js";
import type { LineQuery } from "../../../src/shared/console/plainLine.js";
import { toError } from "../../../src/shared/errors.js";
import { banner, emptyState } from "../states.js";
import { findLines } from "./findLines.js";
import type { LogLink } from "./findLinks.js";
import { logBar } from "./logBar.js";
import { renderLogLine } from "./logLine.js";
import { LogSearch } from "./logSearch.js";
import { LogWindow } from "./logWindow.js";

const LINE_HEIGHT = 18;
const OVERSCAN = 20;
/** Bytes asked for at once. */
const PAGE = 256 * 1024;
/** Distance from an end, in pixels, at which the next page is loaded. */
const NEAR = 400;
/** A search waits for the typing to pause, and new output for some of it to gather. */
const TYPING_MS = 150;
const GATHER_MS = 1_000;

/** A console log of any size: loaded from its end, older and newer parts as they are scrolled to. */
@customElement("cairn-log")
export class LogView extends LitElement {
  @property({ attribute: false }) load:
    ((start: number, maxBytes: number) => Promise<ConsoleChunk>) | undefined;
  /** Looks through the whole log, loaded or not. */
  @property({ attribute: false }) search: ((query: ConsoleQuery) => Promise<ConsoleMatches>) | undefined;
  @property({ attribute: false }) openPlace: ((link: LogLink) => void) | undefined;
  @property({ attribute: false }) copy: ((text: string) => void) | undefined;
  @state() private follow = true;
  /** What is typed; searched for when the typing pauses. */
  @state() private query: LineQuery = { text: "", regex: false, caseSensitive: false };
  /** Number of the match gone to, from 0. */
  @state() private found: number | undefined;
  @state() private failure: unknown;
  @state() private loaded = false;
  @query(".log-scroll") private scroller!: HTMLElement | null;

  private readonly log = new LogWindow();
  private readonly finder = new LogSearch(
    (query) => this.search?.(query) ?? Promise.resolve({ lines: [], count: 0, end: 0, unfinished: false }),
    () => {
      this.requestUpdate();
    },
  );
  private local: { version: number; query: LineQuery; lines: number[] } | undefined;
  private typing: ReturnType<typeof setTimeout> | undefined;
  private gathering: ReturnType<typeof setTimeout> | undefined;
  private fetching: Promise<void> | undefined;

  protected override createRenderRoot(): HTMLElement {
    return this;
  }

  override connectedCallback(): void {
    super.connectedCallback();
    this.addEventListener("keydown", this.onKey);
    void this.toEnd();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    clearTimeout(this.typing);
    clearTimeout(this.gathering);
    this.gathering = undefined;
  }

  /** New output, as it is pushed. A gap (after a lost connection) is filled by loading. */
  push(chunk: ConsoleChunk): void {
    if (!this.loaded) return;
    const wasAtEnd = this.log.atEnd;
    if (!this.log.add(chunk) && wasAtEnd) void this.fetch(this.log.end);
    this.gathering ??= setTimeout(() => {
      this.gathering = undefined;
      void this.finder.more();
    }, GATHER_MS);
    this.requestUpdate();
  }

  private async fetch(start: number, maxBytes = PAGE): Promise<void> {
    if (this.fetching || !this.load) return;
    this.fetching = this.take(this.load(start, maxBytes));
    await this.fetching;
  }

  private async take(loading: Promise<ConsoleChunk>): Promise<void> {
    try {
      const chunk = await loading;
      const before = this.log.start;
      const shown = this.log.lines().length;
      this.log.add(chunk);
      this.failure = undefined;
      if (this.loaded && this.log.start < before) this.keepPlace(this.log.lines().length - shown);
      this.loaded = true;
    } catch (error) {
      this.failure = error;
    } finally {
      this.fetching = undefined;
      this.requestUpdate();
    }
  }

  private keepPlace(added: number): void {
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

  /** Lines of what is loaded that match, by their index. */
  private localMatches(): readonly number[] {
    const { query } = this.finder;
    if (this.local?.version !== this.log.version || this.local.query !== query)
      this.local = { version: this.log.version, query, lines: findLines(this.log.lines(), query) };
    return this.local.lines;
  }

  /** The loaded line of the match gone to. */
  private foundLine(): number | undefined {
    if (this.found === undefined) return undefined;
    return this.localMatches()[this.found - this.finder.before(this.log.start)];
  }

  private readonly step = (forward: boolean): void => {
    const { listed } = this.finder;
    if (listed === 0) return;
    const from = this.found ?? (forward ? -1 : 0);
    void this.goTo((from + (forward ? 1 : -1) + listed) % listed);
  };

  private async goTo(index: number): Promise<void> {
    const offset = this.finder.offset(index);
    if (offset === undefined) return;
    this.found = index;
    this.follow = false;
    const { start, end } = this.log;
    const loaded = offset < end && (start === 0 || offset > start);
    if (!loaded) {
      await this.fetching;
      this.log.clear();
      await this.fetch(Math.max(0, offset - PAGE / 2));
      await this.updateComplete;
    }
    const line = this.foundLine();
    if (line === undefined || !this.scroller) return;
    this.scroller.scrollTop = Math.max(0, line * LINE_HEIGHT - this.scroller.clientHeight / 2);
  }

  private readonly setQuery = (change: Partial<LineQuery>): void => {
    this.query = { ...this.query, ...change };
    this.found = undefined;
    clearTimeout(this.typing);
    this.typing = setTimeout(() => void this.startSearch(), TYPING_MS);
  };

  private async startSearch(): Promise<void> {
    this.typing = undefined;
    if ((await this.finder.start(this.query)) && this.finder.listed > 0)
      await this.goTo(this.finder.listed - 1);
  }

  /** Ctrl+F finds here, as it would in an editor. */
  private readonly onKey = (event: KeyboardEvent): void => {
    if (event.key.toLowerCase() !== "f" || !(event.ctrlKey || event.metaKey) || event.altKey) return;
    event.preventDefault();
    this.querySelector<HTMLInputElement>(".log-find")?.select();
  };

  protected override render(): unknown {
    if (this.failure !== undefined && !this.loaded)
      return banner("error", toError(this.failure).message, {
        label: "Try Again",
        onClick: () => void this.toEnd(),
      });
    const lines = this.shownLines();
    return html`${this.renderBar(lines)}
    ${
      this.failure === undefined
        ? nothing
        : banner("error", toError(this.failure).message, { label: "Try Again", onClick: this.onScroll })
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
    const { start, end, size } = this.log;
    const { finder } = this;
    return logBar({
      ...{ query: this.query, lines: lines.length, follow: this.follow },
      ...{ loaded: end - start, size, found: this.found },
      ...{ count: finder.count, listed: finder.listed, failure: finder.failure },
      busy: finder.busy || this.typing !== undefined,
      setQuery: this.setQuery,
      step: this.step,
      copy: () => {
        this.copy?.(lines.join("\n"));
      },
      toStart: () => void this.toStart(),
      toEnd: () => void this.toEnd(),
    });
  }

  /** White space shows in a console, so the element holds nothing but the line. */
  private renderLine(index: number, line: string, found: number | undefined): unknown {
    const classes = index === found ? "log-line found" : "log-line";
    const content = renderLogLine(line, { query: this.finder.query, open: this.openPlace });
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
    const found = this.foundLine();
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
            (index) => this.renderLine(index, lines[index] ?? "", found),
          )}
        </div>
      </div>
    </div>`;
  }
}
