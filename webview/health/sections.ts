import { html, nothing } from "lit";
import type { Health, JobInfo } from "../../src/shared/protocol.js";
import { formatBytes, formatCount, formatDuration, formatRelative, formatTime } from "../shared/format.js";
import { icon } from "../shared/icon.js";

export interface HealthActions {
  copy(text: string): void;
  cancel(jobId: string): void;
}

type Fact = [name: string, value: unknown, copied?: string];

function section(title: unknown, facts: Fact[], actions: HealthActions) {
  return html`<section class="health-section">
    <h2>${title}</h2>
    <dl>
      ${facts.map(
        ([name, value, copied]) =>
          html`<div class="fact">
            <dt class="muted">${name}</dt>
            <dd>
              <span class="value">${value}</span>
              ${
                copied === undefined
                  ? nothing
                  : html`<button
                      class="icon-button"
                      type="button"
                      title="Copy"
                      aria-label=${`Copy ${name}`}
                      @click=${() => {
                        actions.copy(copied);
                      }}
                    >
                      ${icon("copy")}
                    </button>`
              }
            </dd>
          </div>`,
      )}
    </dl>
  </section>`;
}

function path(text: string): Fact[1] {
  return html`<code>${text}</code>`;
}

function life({ engine }: Health, now: number): string {
  if (engine.keptBy.length > 0) return `Kept by ${engine.keptBy.join(", ")}`;
  if (engine.idleEnd === undefined) return "Until it is stopped";
  return `Ends in ${formatDuration(Math.max(0, engine.idleEnd - now))} if nothing happens`;
}

export function engineSection(health: Health, now: number, actions: HealthActions) {
  const { engine } = health;
  return section(
    "Engine",
    [
      ["Version", `${engine.version} (protocol ${engine.protocol})`],
      ["Process", `${engine.pid}, ${engine.runtime === "node" ? "Node" : "Electron as Node"} ${engine.node}`],
      ["Host", engine.host],
      ["Running for", formatDuration(now - engine.startTime)],
      ["Memory", formatBytes(engine.memory)],
      ["Stays", life(health, now)],
      ["Tracking URI", path(engine.trackingUri), engine.trackingUri],
      ["Socket", path(engine.socket)],
    ],
    actions,
  );
}

export function databaseSection({ database, counts, artifacts }: Health, actions: HealthActions) {
  return section(
    "Database",
    [
      ["File", path(database.path), database.path],
      ["Size", formatBytes(database.bytes)],
      ["Experiments", formatCount(counts.experiments)],
      [
        "Runs",
        `${formatCount(counts.runs)}${counts.activeRuns > 0 ? `, ${formatCount(counts.activeRuns)} running` : ""}`,
      ],
      ["Metric points", formatCount(counts.metricPoints)],
      ["Schema", String(database.schemaVersion)],
      ["Journal", `${database.journal}, synchronous ${database.synchronous}`],
      ["File system", database.fileSystem],
      ["Artifacts", path(artifacts.path), artifacts.path],
    ],
    actions,
  );
}

const CLIENTS = { vscode: "VS Code", cli: "Command line", mcp: "MCP", test: "Test" } as const;

export function clientsSection({ engine }: Health, now: number, actions: HealthActions) {
  return section(
    html`Clients <span class="muted">${formatCount(engine.clients.length)}</span>`,
    engine.clients.map(({ kind, version, since }) => [
      CLIENTS[kind],
      html`${version}
        <span class="muted" title=${formatTime(since)}>connected ${formatRelative(since, now)}</span>`,
    ]),
    actions,
  );
}

export function problemList(problems: Health["problems"]) {
  if (problems.length === 0) return nothing;
  return html`<ul class="problems" aria-label="Problems">
    ${problems.map(
      ({ severity, message, hint }) =>
        html`<li>
          ${icon(severity, `problem-${severity}`, severity === "error" ? "Error" : "Warning")}
          <span
            >${message}${hint === undefined ? nothing : html`<br /><span class="muted">${hint}</span>`}</span
          >
        </li>`,
    )}
  </ul>`;
}

const JOB_ICONS: Record<JobInfo["state"], { name: string; classes: string }> = {
  queued: { name: "clock", classes: "status-scheduled" },
  running: { name: "sync", classes: "status-running codicon-modifier-spin" },
  done: { name: "pass", classes: "status-finished" },
  failed: { name: "error", classes: "status-failed" },
  cancelled: { name: "circle-slash", classes: "status-killed" },
};

/** Jobs that have ended and are listed: each run has two. */
const LISTED = 8;

function isActive({ state }: JobInfo): boolean {
  return state === "running" || state === "queued";
}

/** What is done now, and what was done last. */
export function jobsSection(jobs: readonly JobInfo[], now: number, actions: HealthActions) {
  if (jobs.length === 0) return nothing;
  const newest = [...jobs].sort((a, b) => b.startTime - a.startTime);
  const active = newest.filter(isActive);
  const ended = newest.filter((job) => !isActive(job)).slice(0, LISTED);
  return html`<section class="health-section jobs">
    <h2>Jobs</h2>
    <ul>
      ${[...active, ...ended].map((job) => jobItem(job, now, actions))}
    </ul>
  </section>`;
}

function jobItem(job: JobInfo, now: number, actions: HealthActions) {
  const look = JOB_ICONS[job.state];
  const detail = job.error ? `${job.error.message} ${job.error.hint ?? ""}` : (job.message ?? "");
  return html`<li class="job">
    ${icon(look.name, look.classes, job.state)}
    <span class="job-title clip" title=${job.title}>${job.title}</span>
    <span class="muted clip grow" title=${detail}>${detail}</span>
    ${
      job.state === "running"
        ? html`<progress
            max="1"
            .value=${job.progress ?? nothing}
            aria-label=${`Progress of ${job.title}`}
          ></progress>`
        : nothing
    }
    <span class="muted number">${formatDuration((job.endTime ?? now) - job.startTime)}</span>
    ${
      isActive(job)
        ? html`<button
            class="link"
            type="button"
            @click=${() => {
              actions.cancel(job.jobId);
            }}
          >
            Cancel
          </button>`
        : nothing
    }
  </li>`;
}
