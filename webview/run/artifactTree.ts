import { LitElement, html, nothing } from "lit";
import { customElement, property, state } from "lit/decorators.js";
import { styled } from "../shared/styled.js";
import { toError } from "../../src/shared/errors.js";
import type { FileInfo } from "../../src/shared/tracking.js";
import { formatBytes } from "../shared/format.js";
import { icon } from "../shared/icon.js";
import { emptyState } from "../shared/states.js";

interface Item {
  file: FileInfo;
  depth: number;
}

type Folder = FileInfo[] | "loading" | Error;

/** A run's files. Folders are listed when they are opened. */
@customElement("cairn-artifacts")
export class ArtifactTree extends LitElement {
  @property({ attribute: false }) files: FileInfo[] = [];
  @property({ attribute: false }) list: ((path: string) => Promise<FileInfo[]>) | undefined;
  @property({ attribute: false }) open: ((path: string) => void) | undefined;
  @state() private folders = new Map<string, Folder>();
  @state() private active = 0;

  protected override createRenderRoot(): HTMLElement {
    return this;
  }

  private items(files: FileInfo[] = this.files, depth = 0): Item[] {
    return [...files]
      .sort((a, b) => Number(b.isDir) - Number(a.isDir) || a.path.localeCompare(b.path))
      .flatMap((file) => {
        const inside = this.folders.get(file.path);
        const below = Array.isArray(inside) ? this.items(inside, depth + 1) : [];
        return [{ file, depth }, ...below];
      });
  }

  protected override willUpdate(changes: Map<PropertyKey, unknown>): void {
    if (!changes.has("files") || changes.get("files") === undefined) return;
    for (const path of this.folders.keys()) void this.fetch(path);
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
    if (!file.isDir) this.open?.(file.path);
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
    else return;
    event.preventDefault();
    void this.updateComplete.then(() => {
      this.querySelector(".tree-item.active")?.scrollIntoView({ block: "nearest" });
    });
  };

  protected override render(): unknown {
    if (this.files.length === 0)
      return emptyState({
        icon: "files",
        title: "No artifacts",
        text: "Files that the run logs appear here.",
      });
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
      class="tree-item ${index === this.active ? "active" : ""}"
      role="treeitem"
      aria-level=${depth + 1}
      aria-expanded=${file.isDir ? String(content !== undefined) : nothing}
      ${styled({ paddingLeft: `${8 + depth * 12}px` })}
      title=${file.path}
      @click=${() => {
        this.active = index;
        this.act(file);
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
