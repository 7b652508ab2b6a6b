import { html, nothing } from "lit";
import { customElement } from "lit/decorators.js";
import { repeat } from "lit/directives/repeat.js";
import type { ChangedFile, CodeState, LeftOut } from "../../src/shared/capture.js";
import type { RunPanelData } from "../../src/shared/run/api.js";
import { TAG } from "../../src/shared/tracking.js";
import { formatBytes, plural } from "../shared/format.js";
import { icon, iconButton } from "../shared/icon.js";
import { banner, emptyState } from "../shared/states.js";
import type { RunActions } from "./actions.js";
import { LoadedPart } from "./loadedPart.js";
import { notRecorded } from "./notRecorded.js";

const CHANGES: Record<ChangedFile["change"], { icon: string; label: string }> = {
  modified: { icon: "diff-modified", label: "Modified" },
  added: { icon: "diff-added", label: "Added" },
  deleted: { icon: "diff-removed", label: "Deleted" },
  renamed: { icon: "diff-renamed", label: "Renamed" },
  copied: { icon: "files", label: "Copied" },
  typeChanged: { icon: "file-symlink-file", label: "Type changed" },
  untracked: { icon: "question", label: "Untracked" },
  unmerged: { icon: "git-merge", label: "Unmerged" },
};
/** Files that are listed; a work tree may differ in tens of thousands. */
const LISTED = 2_000;

/** The state of the code when the run started, and what differed from the commit. */
@customElement("cairn-code")
export class CodeTab extends LoadedPart<CodeState> {
  protected async fetch(actions: RunActions): Promise<CodeState | null> {
    return (await actions.request("code", null)).code;
  }

  protected renderNothing({ row, run }: RunPanelData): unknown {
    const commit = run.data.tags.find(({ key }) => key === TAG.gitCommit)?.value;
    return notRecorded(
      "git-commit",
      "No code recorded",
      row,
      commit && `Its client named commit ${commit.slice(0, 10)}.`,
    );
  }

  protected renderLoaded(code: CodeState): unknown {
    if (code.state === "none")
      return emptyState({
        icon: "repo",
        title: "Not in a Git repository",
        text: "The folder that this run was started in belongs to no Git repository, so there is no commit and no patch. With git init, the next run records both.",
      });
    return html`<div class="capture">
      ${code.notes.map((note) => banner(code.state === "failed" ? "error" : "warning", note))}
      <dl class="pairs">
        ${this.pair("Commit", code.commit, code.state === "empty" ? "The repository had no commit." : "Unknown")}
        ${this.pair("Branch", code.branch, "Detached: no branch was checked out.")}
        ${this.pair("Remote", code.remote, "None")} ${this.pair("Folder", code.root, "Unknown")}
      </dl>
      ${code.state === "failed" ? nothing : this.renderChanges(code)} ${leftOutList(code.leftOut)}
    </div>`;
  }

  private pair(name: string, value: string | null, none: string): unknown {
    const copy = (): void => void this.actions?.ask("copyText", { text: value ?? "" });
    return html`<div class="pair">
      <dt class="muted">${name}</dt>
      <dd>
        ${value === null ? html`<span class="muted">${none}</span>` : html`<code class="value">${value}</code>`}
        ${value === null ? nothing : iconButton({ icon: "copy", label: `Copy ${name}`, onClick: copy })}
      </dd>
    </div>`;
  }

  private renderChanges(code: CodeState): unknown {
    const { changed, patch } = code;
    if (changed.length === 0)
      return html`<p class="muted">
        ${code.dirty ? "What differed is not known." : "Everything was committed: the commit is the code of this run."}
      </p>`;
    const openPatch = (): void => void this.actions?.ask("openPatch", null);
    return html`<section class="card">
      <h2>
        Changed since the commit <span class="muted">${changed.length}</span>
        ${
          patch
            ? html`<button class="link" type="button" @click=${openPatch}>Open patch</button>
                <span class="muted">${formatBytes(patch.bytes)}, ${plural(patch.files, "file")}</span>`
            : nothing
        }
      </h2>
      <ul class="changes">
        ${repeat(
          changed.slice(0, LISTED),
          ({ path }) => path,
          (file) => this.renderChange(file, code.leftOut),
        )}
      </ul>
      ${changed.length > LISTED ? html`<p class="muted">and ${plural(changed.length - LISTED, "file")} more; the patch has all.</p>` : nothing}
    </section>`;
  }

  private renderChange({ path, change }: ChangedFile, leftOut: readonly LeftOut[]): unknown {
    const { icon: name, label } = CHANGES[change];
    const left = leftOut.find((each) => each.name === path);
    const open = (): void => void this.actions?.ask("openDiff", { path });
    return html`<li class="change">
      ${icon(name, `change-${change}`, label)}
      ${
        left
          ? html`<span class="clip">${path}</span>
              <span class="muted clip">not recorded: ${left.reason}</span>`
          : html`<button
              class="link clip"
              type="button"
              title=${`Compare ${path} with the commit`}
              @click=${open}
            >
              ${path}
            </button>`
      }
    </li>`;
  }
}

/** What was not recorded, by name and reason. */
export function leftOutList(leftOut: readonly LeftOut[]): unknown {
  if (leftOut.length === 0) return nothing;
  return html`<section class="card">
    <h2>Left out <span class="muted">${leftOut.length}</span></h2>
    <dl class="pairs">
      ${leftOut.slice(0, LISTED).map(
        ({ name, reason }) =>
          html`<div class="pair">
            <dt class="clip" title=${name}>${name}</dt>
            <dd class="muted">${reason}</dd>
          </div>`,
      )}
    </dl>
  </section>`;
}
