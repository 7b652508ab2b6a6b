import { html, nothing } from "lit";
import { TAG } from "../../src/shared/tracking.js";
import type { RunRow } from "../../src/shared/protocol.js";
import {
  DEFAULT_LAYOUT,
  type RunAction,
  type RunsPanelApi,
  type RunsPanelState,
  type TableLayout,
} from "../../src/shared/runs/api.js";
import type { MenuItem } from "../shared/contextMenu.js";
import type { GridEvents, Selection, VirtualGrid } from "../shared/grid/index.js";
import { moveColumn, setGrouped, setShown, setToggled } from "./changeLayout.js";
import { toCsv, toMarkdown } from "./exportRuns.js";
import { isQuery } from "./filterQuery.js";
import { actionOfKey, deletable, headMenu, runMenu, stoppable, type RunActions } from "./runMenus.js";
import { RunsTable, type RunsModel, type RunsView } from "./runsModel.js";
import { runsToolbar } from "./runsToolbar.js";
import { below, fileName, idsOf } from "./places.js";
import { colorPopup, columnPopup, groupPopup, notePopup, type Place } from "./tablePopups.js";
import { TableSearch } from "./tableSearch.js";
import type { TableRow } from "./treeRows.js";

type Requests = RunsPanelApi["requests"];

/** What the table's controls need of the panel they are in. */
export interface TableHost {
  readonly model: RunsModel | undefined;
  readonly selection: Selection;
  readonly now: number;
  keep(change: Partial<RunsPanelState>): void;
  select(selection: Selection): void;
  ask<M extends keyof Requests>(method: M, params: Requests[M]["params"]): void;
  request<M extends keyof Requests>(method: M, params: Requests[M]["params"]): Promise<Requests[M]["result"]>;
  /** Shows what went wrong, with a button to try again. */
  failed(error: unknown, retry: () => void): void;
  grid(): VirtualGrid | null;
  showFound(): void;
  redraw(): void;
  readonly updateComplete: Promise<unknown>;
}

type Open =
  | { kind: "menu"; at: Place; items: MenuItem[] }
  | { kind: "columns" | "groups"; at: Place }
  | { kind: "note"; run: RunRow; text: string | undefined }
  | { kind: "color"; run: RunRow; at: Place };

/** The table of runs with everything around it: toolbar, menus, keys, what they open. */
export class TableControls {
  private open: Open | undefined;
  private at: Place = { x: 40, y: 80 };
  private only: RunRow | undefined;
  private readonly table = new RunsTable((row) => {
    this.setStar([row], !row.starred);
  });
  readonly search = new TableSearch(
    (filter) => this.host.request("search", { filter }),
    () => {
      this.host.showFound();
    },
  );

  constructor(private readonly host: TableHost) {}

  /** The filter, or the runs that it is about, have changed. */
  filterChanged(): void {
    this.search.update(this.host.model?.state.textFilter ?? "");
  }

  view(model: RunsModel): RunsView {
    return this.table.view(model, this.host.selection.ids, this.host.now, this.search.found);
  }

  selected(model: RunsModel): RunRow[] {
    return model.table.rows.filter((row) => this.host.selection.ids.has(row.runId));
  }

  renderToolbar(model: RunsModel, view: RunsView): unknown {
    const selected = this.selected(model);
    const { state } = model;
    const names = state.layout.groupBy.map((id) => view.all.find((column) => column.id === id)?.title ?? id);
    return runsToolbar(
      {
        ...{ filter: state.textFilter, query: isQuery(state.textFilter), error: this.search.error },
        ...{ shown: view.listed.length, total: model.table.rows.length },
        ...{ truncated: model.table.truncated, moreFound: this.search.truncated },
        ...{ selected: selected.length, comparing: state.side === "compare", grouped: names.join(" › ") },
        ...{ canStop: stoppable(selected).length > 0, canDelete: deletable(selected).length > 0 },
      },
      {
        filter: (textFilter) => {
          this.host.keep({ textFilter });
          this.filterChanged();
        },
        start: () => {
          this.host.ask("startRun", null);
        },
        open: this.actions.open,
        compare: () => {
          this.host.keep({ side: state.side === "compare" ? "charts" : "compare" });
        },
        stop: this.actions.stop,
        remove: this.actions.remove,
        columns: (button) => {
          this.show({ kind: "columns", at: below(button) });
        },
        group: (button) => {
          this.show({ kind: "groups", at: below(button) });
        },
        more: (button) => {
          this.at = below(button);
          this.show({ kind: "menu", at: this.at, items: this.moreMenu(model, view, selected) });
        },
      },
    );
  }

  renderGrid(model: RunsModel, view: RunsView): unknown {
    return html`<cairn-grid
      class="runs-grid"
      .rows=${view.rows}
      .columns=${view.columns}
      .tree=${view.tree}
      .rowId=${(row: TableRow) => row.id}
      .rowClass=${(row: TableRow) => (row.kind === "group" ? "group" : "")}
      .selection=${this.host.selection}
      .sort=${model.state.sort}
      .label=${`Runs of ${model.state.title}`}
      .look=${{}}
      @keydown=${this.onKey}
      @grid-select=${(event: CustomEvent<Selection>) => {
        this.host.select(event.detail);
      }}
      @grid-sort=${(event: CustomEvent<GridEvents["grid-sort"]>) => {
        this.host.keep({ sort: event.detail });
      }}
      @grid-open=${(event: CustomEvent<string>) => {
        this.host.ask("openRun", { runId: event.detail });
      }}
      @grid-toggle=${(event: CustomEvent<GridEvents["grid-toggle"]>) => {
        this.toggle(model, event.detail);
      }}
      @grid-move=${(event: CustomEvent<GridEvents["grid-move"]>) => {
        this.setLayout(moveColumn(model.state.layout, idsOf(view), event.detail));
      }}
      @grid-resize=${({ detail }: CustomEvent<GridEvents["grid-resize"]>) => {
        const { layout } = model.state;
        this.setLayout({ ...layout, widths: { ...layout.widths, [detail.column]: detail.width } });
      }}
      @grid-menu=${({ detail: { x, y } }: CustomEvent<GridEvents["grid-menu"]>) => {
        this.at = { x, y };
        this.show({ kind: "menu", at: this.at, items: runMenu(this.selected(model), this.actions) });
      }}
      @grid-head-menu=${(event: CustomEvent<GridEvents["grid-head-menu"]>) => {
        this.showHeadMenu(view, event.detail);
      }}
    ></cairn-grid>`;
  }

  /** Whatever is open over the panel. */
  renderOverlay(model: RunsModel, view: RunsView): unknown {
    const { open } = this;
    if (!open) return nothing;
    if (open.kind === "menu") {
      return html`<cairn-menu
        .x=${open.at.x}
        .y=${open.at.y}
        .items=${open.items}
        @menu-close=${this.close}
      ></cairn-menu>`;
    }
    return html`<div @popup-close=${this.close}>${this.renderPopup(model, view, open)}</div>`;
  }

  private renderPopup(model: RunsModel, view: RunsView, open: Exclude<Open, { kind: "menu" }>): unknown {
    const { layout } = model.state;
    switch (open.kind) {
      case "columns":
        return columnPopup(model, view, open.at, {
          show: ({ ids, checked }) => {
            this.setLayout(setShown(layout, ids, checked));
          },
          differing: (differing) => {
            this.setLayout({ ...layout, differing });
          },
          reset: this.reset,
        });
      case "groups":
        return groupPopup(model, view, open.at, ({ ids, checked }) => {
          this.setLayout(ids.reduce((changed, id) => setGrouped(changed, id, checked), layout));
        });
      case "note":
        return notePopup(
          open.run,
          open.text,
          (text) => {
            this.saveNote(open.run, text);
          },
          this.close,
        );
      case "color":
        return colorPopup(model, open.run, open.at, (place) => {
          this.host.ask("setColor", { runId: open.run.runId, place });
          this.close();
        });
    }
  }

  /** Opens the editor for the note of a run. */
  async editNote(runId: string): Promise<void> {
    const run = this.host.model?.table.rows.find((row) => row.runId === runId);
    if (!run) return;
    this.show({ kind: "note", run, text: undefined });
    const isOpen = (): boolean => this.open?.kind === "note" && this.open.run.runId === runId;
    try {
      const { note } = await this.host.request("details", { runId });
      if (isOpen()) this.show({ kind: "note", run, text: note });
    } catch (error) {
      if (!isOpen()) return;
      this.close();
      this.host.failed(error, () => void this.editNote(runId));
    }
  }

  private saveNote(run: RunRow, text: string): void {
    const empty = text.trim() === "";
    this.host.ask("setTags", {
      runIds: [run.runId],
      set: empty ? [] : [{ key: TAG.note, value: text }],
      remove: empty ? [TAG.note] : [],
    });
    this.close();
  }

  private setStar(runs: readonly RunRow[], starred: boolean): void {
    this.host.ask("setTags", {
      runIds: runs.map((row) => row.runId),
      set: starred ? [{ key: TAG.star, value: "true" }] : [],
      remove: starred ? [] : [TAG.star],
    });
  }

  private setLayout(layout: TableLayout): void {
    this.host.keep({ layout });
  }

  private readonly reset = (): void => {
    const { layout } = this.host.model?.state ?? {};
    const { groupBy = [], toggled = [] } = layout ?? {};
    this.host.grid()?.resetWidths();
    this.setLayout({ ...DEFAULT_LAYOUT, groupBy, toggled });
  };

  private toggle(model: RunsModel, { id, open }: GridEvents["grid-toggle"]): void {
    const isGroup = id.startsWith("group\n");
    this.setLayout(setToggled(model.state.layout, id, open === isGroup));
  }

  private showHeadMenu(view: RunsView, { column: id, x, y }: GridEvents["grid-head-menu"]): void {
    const column = view.shown.find((each) => each.id === id);
    const state = this.host.model?.state;
    if (!column || !state) return;
    const ids = idsOf(view);
    const place = ids.indexOf(id);
    const items = headMenu(column, state, {
      layout: (layout) => {
        this.setLayout(layout);
      },
      sort: (sort) => {
        this.host.keep({ sort });
      },
      move: (by) => {
        const before = ids[by < 0 ? place - 1 : place + 2] ?? null;
        this.setLayout(moveColumn(state.layout, ids, { column: id, before }));
      },
      choose: () => {
        this.show({ kind: "columns", at: { x, y } });
      },
      reset: this.reset,
    });
    this.show({ kind: "menu", at: { x, y }, items });
  }

  private moreMenu(model: RunsModel, view: RunsView, selected: readonly RunRow[]): MenuItem[] {
    return [
      ...(selected.length > 0 ? runMenu(selected, this.actions) : []),
      {
        label: "Export Table as CSV…",
        begins: selected.length > 0,
        run: () => {
          const text = toCsv(view.listed, view.shown);
          this.host.ask("saveText", { name: `${fileName(model.state.title)}.csv`, text });
        },
      },
    ];
  }

  private show(open: Open): void {
    this.open = open;
    this.host.redraw();
  }

  private readonly close = (): void => {
    const refocus = this.open?.kind !== "menu";
    this.open = undefined;
    this.host.redraw();
    // A dialog that is open keeps the focus to itself.
    if (refocus) void this.host.updateComplete.then(() => this.host.grid()?.focus());
  };

  private readonly onKey = (event: KeyboardEvent): void => {
    const action = actionOfKey(event);
    const { model } = this.host;
    if (action === undefined || event.defaultPrevented || !model || event.target !== this.host.grid()) return;
    event.preventDefault();
    // As in VS Code's trees: a key is for the row that the keyboard is at, and for all selected ones where it is one.
    const active = this.host.grid()?.activeId ?? "";
    const many = action !== "rename" && action !== "editNote";
    this.only =
      many && this.host.selection.ids.has(active)
        ? undefined
        : model.table.rows.find((row) => row.runId === active);
    this.actions[action]();
    this.only = undefined;
  };

  /** The runs that an action is for. */
  private meant(): RunRow[] {
    const { model } = this.host;
    if (!model) return [];
    return this.only ? [this.only] : this.selected(model);
  }

  private act(action: RunAction, runs: readonly RunRow[]): void {
    if (runs.length > 0) this.host.ask("act", { action, runIds: runs.map((row) => row.runId) });
  }

  private copy(write: typeof toCsv): void {
    const { model } = this.host;
    if (!model) return;
    const view = this.view(model);
    const meant = new Set(this.meant());
    const listed = view.listed.filter((row) => meant.has(row));
    this.host.ask("copyText", { text: write(listed.length > 0 ? listed : [...meant], view.shown) });
  }

  private readonly actions: RunActions = {
    open: () => {
      const [run] = this.meant();
      if (run) this.host.ask("openRun", { runId: run.runId });
    },
    compare: () => {
      this.host.keep({ side: "compare" });
    },
    runAgain: () => {
      this.act("runAgain", this.meant().slice(0, 1));
    },
    runChanged: () => {
      this.act("runChanged", this.meant().slice(0, 1));
    },
    stop: () => {
      this.act("stop", stoppable(this.meant()));
    },
    star: () => {
      const runs = this.meant();
      if (runs.length > 0) this.setStar(runs, !runs.every((row) => row.starred));
    },
    rename: () => {
      this.act("rename", this.meant().slice(0, 1));
    },
    editNote: () => {
      const [run] = this.meant();
      if (run) void this.editNote(run.runId);
    },
    editTags: () => {
      this.act("editTags", this.meant());
    },
    color: () => {
      const [run] = this.meant();
      if (run) this.show({ kind: "color", run, at: this.at });
    },
    remove: () => {
      this.act("delete", deletable(this.meant()));
    },
    copyIds: () => {
      this.host.ask("copyText", {
        text: this.meant()
          .map((row) => row.runId)
          .join("\n"),
      });
    },
    copyMarkdown: () => {
      this.copy(toMarkdown);
    },
    copyCsv: () => {
      this.copy(toCsv);
    },
  };
}
