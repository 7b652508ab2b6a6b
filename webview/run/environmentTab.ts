import { html, nothing } from "lit";
import { customElement, state } from "lit/decorators.js";
import type { EnvironmentState } from "../../src/shared/capture.js";
import { diffEnvironments, type EnvironmentDifference } from "../../src/shared/diffEnvironments.js";
import { toError } from "../../src/shared/errors.js";
import type { RunPanelData } from "../../src/shared/run/api.js";
import { formatBytes, plural } from "../shared/format.js";
import type { GridColumn } from "../shared/grid/index.js";
import { iconButton } from "../shared/icon.js";
import { searchField } from "../shared/searchField.js";
import { banner } from "../shared/states.js";
import type { RunActions } from "./actions.js";
import { leftOutList } from "./codeTab.js";
import { LoadedPart } from "./loadedPart.js";
import { notRecorded } from "./notRecorded.js";

/** The user may take as long over the list of runs as they like. */
const PICKING_MS = 24 * 3600 * 1000;

interface Package {
  name: string;
  version: string;
}

const GROUPS: Record<EnvironmentDifference["group"], string> = {
  python: "Python",
  machine: "Machine",
  gpu: "GPU",
  package: "Package",
};

/** Where the run ran: Python and its packages, the machine, its GPUs; and how another run's differs. */
@customElement("cairn-environment")
export class EnvironmentTab extends LoadedPart<EnvironmentState> {
  @state() private search = "";
  @state() private other: { name: string; differences: EnvironmentDifference[] } | undefined;
  @state() private problem: string | undefined;

  protected async fetch(actions: RunActions): Promise<EnvironmentState | null> {
    return (await actions.request("environment", null)).environment;
  }

  protected renderNothing({ row }: RunPanelData): unknown {
    return notRecorded("server-environment", "No environment recorded", row);
  }

  private readonly compare = async (): Promise<void> => {
    const mine = this.loaded;
    if (!this.actions || !mine) return;
    this.problem = undefined;
    try {
      const { other } = await this.actions.request("otherEnvironment", null, PICKING_MS);
      if (!other) return;
      if (!other.environment) this.problem = `No environment was recorded of ${other.name}.`;
      else this.other = { name: other.name, differences: diffEnvironments(other.environment, mine) };
    } catch (error) {
      this.problem = toError(error).message;
    }
  };

  protected renderLoaded(environment: EnvironmentState): unknown {
    return html`<div class="tab-bar" role="toolbar" aria-label="Environment">
        ${searchField({
          hint: "Filter packages",
          label: "Filter packages",
          value: this.search,
          change: (text) => {
            this.search = text;
          },
        })}
        <span class="grow"></span>
        ${
          this.other
            ? html`<vscode-button
                secondary
                icon="close"
                @click=${() => {
                  this.other = undefined;
                }}
                >Show All</vscode-button
              >`
            : nothing
        }
        <vscode-button secondary icon="diff" @click=${this.compare}>Compare…</vscode-button>
      </div>
      ${this.problem === undefined ? nothing : banner("warning", this.problem)}
      ${this.other ? this.renderDifferences(this.other) : this.renderAll(environment)}`;
  }

  private renderAll(environment: EnvironmentState): unknown {
    const { python, machine, gpus, cuda } = environment;
    const packages = this.filtered(python?.packages ?? []);
    const copy = (): void =>
      void this.actions?.ask("copyText", {
        text: packages.map(({ name, version }) => `${name}==${version}\n`).join(""),
      });
    return html`<div class="environment">
      <div class="environment-facts">
        ${environment.notes.map((note) => banner("info", note))}
        ${
          python
            ? facts("Python", [
                ["Version", `${python.implementation} ${python.version}`],
                ["Environment", KINDS[python.kind]],
                ["Folder", python.prefix],
                ["Executable", python.executable],
              ])
            : facts("Python", [["Version", "The run did not use Python, or it could not be asked."]])
        }
        ${facts("Machine", [
          ["Host", machine.host],
          ["System", `${machine.os}, ${machine.architecture}`],
          ["Processor", machine.cpu],
          ["Cores", String(machine.cores)],
          ["Memory", formatBytes(machine.memory)],
        ])}
        ${facts("GPUs", [
          ...gpus.map(({ name, memory, driver }, i): [string, string] => [
            `GPU ${i}`,
            [name, memory === null ? "" : formatBytes(memory), driver === null ? "" : `driver ${driver}`]
              .filter((part) => part !== "")
              .join(", "),
          ]),
          ["CUDA", cuda ?? "None"],
        ])}
        ${leftOutList(environment.leftOut)}
      </div>
      <section class="environment-packages">
        <h2>
          Packages <span class="muted">${packages.length}</span>
          ${iconButton({ icon: "copy", label: "Copy as requirements.txt", disabled: packages.length === 0, onClick: copy })}
        </h2>
        <cairn-grid
          class="environment-grid"
          .rows=${packages}
          .columns=${PACKAGE_COLUMNS}
          .rowId=${(row: unknown) => (row as Package).name}
          .checks=${false}
          .label=${"Packages"}
        ></cairn-grid>
      </section>
    </div>`;
  }

  private renderDifferences({
    name,
    differences,
  }: {
    name: string;
    differences: EnvironmentDifference[];
  }): unknown {
    const shown = this.filtered(differences);
    if (differences.length === 0)
      return banner("info", `The environment of ${name} is the same: Python, packages, machine and GPUs.`);
    return html`<p class="muted environment-title" role="status">
        ${plural(differences.length, "difference")} between ${name} and this run
      </p>
      <cairn-grid
        class="environment-grid"
        .rows=${shown}
        .columns=${differenceColumns(name)}
        .rowId=${(row: unknown) => `${(row as EnvironmentDifference).group} ${(row as EnvironmentDifference).name}`}
        .checks=${false}
        .label=${"Differences"}
      ></cairn-grid>`;
  }

  private filtered<T extends { name: string }>(all: readonly T[]): T[] {
    const wanted = this.search.trim().toLowerCase();
    return all.filter(({ name }) => name.toLowerCase().includes(wanted));
  }
}

const KINDS = {
  venv: "Virtual environment",
  uv: "Virtual environment of uv",
  conda: "Conda environment",
  system: "The system's Python",
} as const;

function facts(title: string, pairs: [string, string][]): unknown {
  return html`<section class="card">
    <h2>${title}</h2>
    <dl class="pairs">
      ${pairs.map(
        ([name, value]) =>
          html`<div class="pair">
            <dt class="muted">${name}</dt>
            <dd><span class="value">${value}</span></dd>
          </div>`,
      )}
    </dl>
  </section>`;
}

function column<Row>(
  id: string,
  title: string,
  width: number,
  text: (row: Row) => string,
): GridColumn<unknown> {
  return { id, title, width, value: (row) => text(row as Row), text: (row) => text(row as Row) };
}

const PACKAGE_COLUMNS: readonly GridColumn<unknown>[] = [
  column<Package>("name", "Name", 240, ({ name }) => name),
  column<Package>("version", "Version", 160, ({ version }) => version),
];

function differenceColumns(other: string): GridColumn<unknown>[] {
  return [
    column<EnvironmentDifference>("group", "Of", 90, ({ group }) => GROUPS[group]),
    column<EnvironmentDifference>("name", "Name", 200, ({ name }) => name),
    column<EnvironmentDifference>("a", other, 240, ({ a }) => a ?? "—"),
    column<EnvironmentDifference>("b", "This run", 240, ({ b }) => b ?? "—"),
  ];
}
