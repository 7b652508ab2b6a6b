import { html, nothing } from "lit";
import { customElement, state } from "lit/decorators.js";
import { toError } from "../../src/shared/errors.js";
import type { HealthPanelApi } from "../../src/shared/health/api.js";
import type { Health, JobInfo } from "../../src/shared/protocol.js";
import { everyVisible } from "../shared/clock.js";
import { plural } from "../shared/format.js";
import { icon } from "../shared/icon.js";
import { PanelElement } from "../shared/panelElement.js";
import { healthReport } from "./report.js";
import {
  clientsSection,
  databaseSection,
  engineSection,
  jobsSection,
  problemList,
  type HealthActions,
} from "./sections.js";

type Answer = HealthPanelApi["requests"]["init"]["result"];
type Command = Exclude<keyof HealthPanelApi["requests"], "init" | "refresh" | "copyText" | "cancelJob">;

const REFRESH_MS = 5_000;
const COMMAND_TIMEOUT_MS = 120_000;

/** The engine: whether it is well, what it holds, what it does, and what to do if it is not. */
@customElement("cairn-health-panel")
export class HealthPanel extends PanelElement<HealthPanelApi> {
  @state() private answer: Answer | undefined;
  @state() private busy: Command | undefined;
  @state() private now = Date.now();

  protected readonly loading = { label: "Loading health", rows: 10 };
  private readonly actions: HealthActions = {
    copy: (text) => void this.guard(() => this.client.request("copyText", { text })),
    cancel: (jobId) => void this.guard(() => this.client.request("cancelJob", { jobId })),
  };

  override connectedCallback(): void {
    super.connectedCallback();
    this.disposables.push(
      everyVisible(1_000, () => {
        this.now = Date.now();
      }),
      everyVisible(REFRESH_MS, () => void this.refresh()),
    );
  }

  protected listeners() {
    return {
      health: (answer: Answer) => {
        this.answer = answer;
      },
      job: (job: JobInfo) => {
        this.takeJob(job);
      },
    };
  }

  protected async init(): Promise<void> {
    this.answer = await this.client.request("init", null);
  }

  private async refresh(): Promise<void> {
    if (!this.answer || this.busy) return;
    try {
      this.answer = await this.client.request("refresh", null, REFRESH_MS);
    } catch (error) {
      this.answer = { health: null, problem: toError(error).message };
    }
  }

  private takeJob(job: JobInfo): void {
    const health = this.answer?.health;
    if (!health) return;
    const jobs = health.jobs.filter((other) => other.jobId !== job.jobId);
    this.answer = { ...this.answer, health: { ...health, jobs: [...jobs, job] } };
  }

  private async guard(action: () => Promise<unknown>): Promise<boolean> {
    try {
      await action();
      this.notice = undefined;
      return true;
    } catch (error) {
      this.failed(error);
      return false;
    }
  }

  private readonly run = (command: Command) => async (): Promise<void> => {
    this.busy = command;
    await this.guard(() => this.client.request(command, null, COMMAND_TIMEOUT_MS));
    this.busy = undefined;
    await this.refresh();
  };

  private readonly copyReport = async (): Promise<void> => {
    const text = healthReport(this.answer?.health ?? null, this.answer?.problem, this.now);
    if (await this.guard(() => this.client.request("copyText", { text })))
      this.notice = { kind: "info", text: "The report is on the clipboard." };
  };

  protected content(): unknown {
    if (!this.answer) return undefined;
    const { health, problem } = this.answer;
    return html`${this.banners()}
      <div class="health grow">
        <main class="health-page">
          ${this.renderHead(health, problem)} ${this.renderActions(health)}
          ${
            health
              ? html`${problemList(health.problems)} ${jobsSection(health.jobs, this.now, this.actions)}
                  <div class="sections">
                    ${engineSection(health, this.now, this.actions)} ${databaseSection(health, this.actions)}
                    ${clientsSection(health, this.now, this.actions)}
                  </div>`
              : nothing
          }
        </main>
      </div>`;
  }

  private renderHead(health: Health | null, problem: string | undefined): unknown {
    const { name, classes, title } = this.verdict(health, problem);
    const text = problem ?? health?.project ?? "It starts by itself when something needs it.";
    return html`<header class="health-head" role="status">
      ${icon(name, classes)}
      <div class="grow">
        <h1>${title}</h1>
        <p>${text}</p>
      </div>
    </header>`;
  }

  private verdict(
    health: Health | null,
    problem: string | undefined,
  ): { name: string; classes: string; title: string } {
    if (!health)
      return problem === undefined
        ? { name: "circle-outline", classes: "muted", title: "The engine is not running" }
        : { name: "error", classes: "status-failed", title: "The engine cannot be reached" };
    const errors = health.problems.filter((each) => each.severity === "error").length;
    const warnings = health.problems.length - errors;
    if (errors > 0)
      return {
        name: "error",
        classes: "problem-error",
        title: `The engine runs, with ${plural(errors, "error")}`,
      };
    if (warnings > 0)
      return {
        name: "warning",
        classes: "problem-warning",
        title: `The engine runs, with ${plural(warnings, "warning")}`,
      };
    return {
      name: "pass",
      classes: "status-finished",
      title: health.engine.readOnly ? "The engine runs, read-only" : "The engine runs well",
    };
  }

  private renderActions(health: Health | null): unknown {
    const busy = this.busy !== undefined;
    const button = (label: string, iconName: string, command: Command, disabled = false): unknown =>
      html`<vscode-button secondary icon=${iconName} ?disabled=${busy || disabled} @click=${this.run(command)}
        >${label}</vscode-button
      >`;
    return html`<div class="actions" role="toolbar" aria-label="Engine">
      ${
        health
          ? button("Stop Engine", "debug-stop", "stopEngine")
          : html`<vscode-button icon="play" ?disabled=${busy} @click=${this.run("startEngine")}
              >Start Engine</vscode-button
            >`
      }
      ${button("Check Database", "database", "checkDatabase", health === null)}
      ${button("Open Log", "output", "openLog")}
      <vscode-button secondary icon="copy" @click=${this.copyReport}>Copy Report</vscode-button>
    </div>`;
  }
}
