import { LitElement, html, nothing } from "lit";
import { customElement, property, state } from "lit/decorators.js";
import { styled } from "../../shared/styled.js";
import { toError } from "../../../src/shared/errors.js";
import type { FileInfo } from "../../../src/shared/tracking.js";
import { formatBytes } from "../../shared/format.js";
import { icon } from "../../shared/icon.js";

interface Item {
  file: FileInfo;
  depth: number;
}

/** 50.png before 100.png. */
const collator = new Intl.Collator(undefined, { numeric: true });

type Folder = FileInfo[] | "loading" | Error;

/** A run's files. Folders are listed when they are opened; Enter shows a file, a second click opens it. */
@customElement("cairn-artifacts")
export class ArtifactTree extends LitElement {
  @property({ attribute: false }) files: FileInfo[] = [];
  /** Path of the file that is shown beside; its folders are opened for it. */
  @property({ attribute: false }) shown: string | undefined;
  @property({ attribute: false }) show: ((path: string) => void) | undefined;
  @property({ attribute: false }) list: ((path: string) => Promise<FileInfo[]>) | undefined;
  @property({ attribute: false }) open: ((path: string) => void) | undefined;
  @state() private folders = new Map<string, Folder>();
  @state() private active = 0;

  protected override createRenderRoot(): HTMLElement {
    return this;
  }

  private items(files: FileInfo[] = this.files, depth = 0): Item[] {
    return [...files]
      .sort((a, b) => Number(b.isDir) - Number(a.isDir) || collator.compare(a.path, b.path))
      .flatMap((file) => {
        const inside = this.folders.get(file.path);
        const below = Array.isArray(inside) ? this.items(inside, depth + 1) : [];
        return [{ file, depth }, ...below];
      });
  }

  protected override willUpdate(changes: Map<PropertyKey, unknown>): void {
    if (changes.has("files") && changes.get("files") !== undefined)
      for (const path of this.folders.keys()) void this.fetch(path);
    if (changes.has("shown")) void this.revealShown();
  }

  /** Opens the folders of the shown file and makes it the active one, unless it is already. */
  private async revealShown(): Promise<void> {
    const { shown } = this;
    if (shown === undefined || this.items()[this.active]?.file.path === shown) return;
    const parts = shown.split("/");
    for (let i = 1; i < parts.length; i++) {
      const folder = parts.slice(0, i).join("/");
      if (!this.folders.has(folder)) await this.fetch(folder);
    }
    const at = this.items().findIndex(({ file }) => file.path === shown);
    if (at < 0 || this.shown !== shown) return;
    this.active = at;
    this.scrollToActive();
  }

  private scrollToActive(): void {
    void this.updateComplete.then(() => {
      this.querySelector(".tree-item.active")?.scrollIntoView({ block: "nearest" });
    });
  }

  private async fetch(path: string): Promise<void> {
    if (!this.list) return;
    if (!this.folders.has(path)) this.setFolder(path, "loading");
    try {
      this.setFolder(path, await this.list(path));
    } catch (error) {
      this.setFolder(path, toError(error));
    }
  }

  private setFolder(path: string, content: Folder | undefined): void {
    const folders = new Map(this.folders);
    if (content === undefined) folders.delete(path);
    else folders.set(path, content);
    this.folders = folders;
  }

  private act(file: FileInfo): void {
    if (!file.isDir) this.show?.(file.path);
    else if (this.folders.has(file.path)) this.setFolder(file.path, undefined);
    else void this.fetch(file.path);
  }

  private readonly onKey = (event: KeyboardEvent): void => {
    const items = this.items();
    const file = items[this.active]?.file;
    const isOpen = file !== undefined && this.folders.has(file.path);
    if (event.key === "ArrowDown") this.active = Math.min(items.length - 1, this.active + 1);
    else if (event.key === "ArrowUp") this.active = Math.max(0, this.active - 1);
    else if (event.key === "Home") this.active = 0;
    else if (event.key === "End") this.active = items.length - 1;
    else if (file && (event.key === "Enter" || event.key === " ")) this.act(file);
    else if (file?.isDir && event.key === "ArrowRight" && !isOpen) this.act(file);
    else if (file?.isDir && event.key === "ArrowLeft" && isOpen) this.act(file);
    else if (file && event.key === "ArrowLeft") this.active = this.parentOf(items, this.active);
    else return;
    event.preventDefault();
    this.scrollToActive();
  };

  private parentOf(items: readonly Item[], index: number): number {
    const depth = items[index]?.depth ?? 0;
    for (let i = index - 1; i >= 0; i--) if ((items[i]?.depth ?? 0) < depth) return i;
    return index;
  }

  protected override render(): unknown {
    const items = this.items();
    return html`<div
      class="tree"
      role="tree"
      tabindex="0"
      aria-label="Artifacts"
      aria-activedescendant=${`artifact-${this.active}`}
      @keydown=${this.onKey}
    >
      ${items.map((item, i) => this.renderItem(item, i))}
    </div>`;
  }

  private renderItem({ file, depth }: Item, index: number): unknown {
    const content = this.folders.get(file.path);
    const name = file.path.slice(file.path.lastIndexOf("/") + 1);
    const twisty = content === undefined ? "chevron-right" : "chevron-down";
    return html`<div
      id=${`artifact-${index}`}
      class="tree-item ${index === this.active ? "active" : ""} ${file.path === this.shown ? "shown" : ""}"
      role="treeitem"
      aria-selected=${file.isDir ? nothing : String(file.path === this.shown)}
      aria-level=${depth + 1}
      aria-expanded=${file.isDir ? String(content !== undefined) : nothing}
      ${styled({ paddingLeft: `${8 + depth * 12}px` })}
      title=${file.path}
      @click=${() => {
        this.active = index;
        this.act(file);
      }}
      @dblclick=${() => {
        if (!file.isDir) this.open?.(file.path);
      }}
    >
      ${file.isDir ? icon(twisty) : html`<span class="tree-gap"></span>`}
      ${icon(file.isDir ? "folder" : "file")}
      <span class="clip grow">${name}</span>
      ${content === "loading" ? icon("loading", "codicon-modifier-spin", "Loading") : nothing}
      ${content instanceof Error ? html`<span class="status-failed clip">${content.message}</span>` : nothing}
      ${Array.isArray(content) && content.length === 0 ? html`<span class="muted">empty</span>` : nothing}
      <span class="muted number tree-size"
        >${file.fileSize === undefined ? "" : formatBytes(file.fileSize)}</span
      >
    </div>`;
  }
}
