import { html, nothing } from "lit";
import { repeat } from "lit/directives/repeat.js";
import type { ModelLink, RunLink, RunPanelData } from "../../src/shared/run/api.js";
import { TAG, isUserTag, type KeyValue, type Metric } from "../../src/shared/tracking.js";
import { formatCount, formatDuration, formatNumber, formatTime } from "../shared/format.js";
import { statusIcon, statusLabel } from "../shared/status.js";
import type { RunActions } from "./actions.js";
import { link, pair } from "./pairs.js";
import "./runInputs.js";
import { isSystemMetric } from "./systemMetrics.js";
import "./runNote.js";
import "./runTags.js";

export interface Extremes {
  min: number;
  max: number;
}

/** Parameters and metrics that the overview lists; the tabs of their own have all. */
const LISTED = 30;

/** What a run is, in sections: note, metrics, parameters, command, what it read and made, tags. */
export function overview(data: RunPanelData, extremes: ReadonlyMap<string, Extremes>, actions: RunActions) {
  const { run } = data;
  const { tags, params, metrics } = run.data;
  const copy = (text: string) => void actions.ask("copyText", { text });
  return html`<div class="overview">
    <cairn-run-note .note=${tagValue(tags, TAG.note) ?? ""} .actions=${actions}></cairn-run-note>
    <div class="cards">
      ${metricsCard(metrics, extremes)} ${paramsCard(params, copy)} ${aboutCard(data, actions, copy)}
      ${linksCard(data, actions)}
      <cairn-run-tags .tags=${tags.filter(({ key }) => isUserTag(key))} .actions=${actions}></cairn-run-tags>
    </div>
  </div>`;
}

function tagValue(tags: readonly KeyValue[], key: string): string | undefined {
  return tags.find((tag) => tag.key === key)?.value;
}

function card(title: string, count: number | undefined, content: unknown) {
  return html`<section class="card">
    <h2>
      ${title}${count === undefined ? nothing : html` <span class="muted">${formatCount(count)}</span>`}
    </h2>
    ${content}
  </section>`;
}

function metricsCard(all: readonly Metric[], extremes: ReadonlyMap<string, Extremes>) {
  const metrics = all.filter(({ key }) => !isSystemMetric(key));
  const more = metrics.length - LISTED;
  if (metrics.length === 0) return card("Metrics", 0, html`<p class="muted">None logged yet.</p>`);
  return card(
    "Metrics",
    metrics.length,
    html`<table class="facts">
        <thead>
          <tr>
            <th scope="col">Name</th>
            <th scope="col" class="number">Latest</th>
            <th scope="col" class="number">Min</th>
            <th scope="col" class="number">Max</th>
            <th scope="col" class="number">Step</th>
          </tr>
        </thead>
        <tbody>
          ${repeat(
            metrics.slice(0, LISTED),
            (metric) => metric.key,
            (metric) => {
              const range = extremes.get(metric.key);
              return html`<tr>
                <td class="clip" title=${metric.key}>${metric.key}</td>
                <td class="number strong">${formatNumber(metric.value)}</td>
                <td class="number muted">${range ? formatNumber(range.min) : ""}</td>
                <td class="number muted">${range ? formatNumber(range.max) : ""}</td>
                <td class="number muted">${metric.step}</td>
              </tr>`;
            },
          )}
        </tbody>
      </table>
      ${more > 0 ? html`<p class="muted">${formatCount(more)} more in the Metrics tab.</p>` : nothing}`,
  );
}

function paramsCard(params: readonly KeyValue[], copy: (text: string) => void) {
  if (params.length === 0) return card("Parameters", 0, html`<p class="muted">None.</p>`);
  const more = params.length - LISTED;
  return card(
    "Parameters",
    params.length,
    html`<dl class="pairs">
        ${params.slice(0, LISTED).map(({ key, value }) =>
          pair(key, html`<span class="pair-clip">${value}</span>`, () => {
            copy(value);
          }),
        )}
      </dl>
      ${more > 0 ? html`<p class="muted">${formatCount(more)} more in the Parameters tab.</p>` : nothing}`,
  );
}

function aboutCard(
  { run, experimentName }: RunPanelData,
  actions: RunActions,
  write: (text: string) => void,
) {
  const { info } = run;
  const { tags } = run.data;
  const copy = (text: string) => () => {
    write(text);
  };
  const source = tagValue(tags, TAG.sourceName);
  const command = tagValue(tags, TAG.command);
  const commit = tagValue(tags, TAG.gitCommit);
  const exit = tagValue(tags, TAG.exitCode);
  const reason = tagValue(tags, TAG.endReason);
  const openSource = (): void => void actions.ask("openSource", null);
  return card(
    "About",
    undefined,
    html`<dl class="pairs">
      ${pair("Experiment", experimentName)}
      ${pair("Status", statusLabel(info.status) + (reason ? ` (${reason})` : ""))}
      ${exit === undefined ? nothing : pair("Exit code", exit)} ${pair("Started", formatTime(info.startTime))}
      ${info.endTime === null ? nothing : pair("Ended", formatTime(info.endTime))}
      ${info.endTime === null ? nothing : pair("Duration", formatDuration(info.endTime - info.startTime))}
      ${info.userId ? pair("User", info.userId) : nothing}
      ${source === undefined ? nothing : pair("Source", link(source, openSource))}
      ${command === undefined ? nothing : pair("Command", html`<code>${command}</code>`, copy(command))}
      ${commit === undefined ? nothing : pair("Git commit", html`<code>${commit.slice(0, 10)}</code>`, copy(commit))}
      ${pair("Run ID", html`<code>${info.runId}</code>`, copy(info.runId))}
      ${pair("Artifacts", html`<code>${info.artifactUri}</code>`, copy(info.artifactUri))}
    </dl>`,
  );
}

/** What the run read and made, and the runs around it. */
function linksCard({ run, parent, children, models }: RunPanelData, actions: RunActions) {
  const { datasetInputs } = run.inputs;
  const count = datasetInputs.length + models.length + children.length + (parent ? 1 : 0);
  if (count === 0) return nothing;
  return card(
    "Inputs and outputs",
    count,
    html`<dl class="pairs">
      ${parent ? pair("Parent run", runLink(parent, actions)) : nothing}
      <cairn-run-inputs .inputs=${datasetInputs} .actions=${actions}></cairn-run-inputs>
      ${models.map((model) => modelPair(model, actions))}
      ${children.map((child, i) => pair(i === 0 ? "Child runs" : "", runLink(child, actions)))}
    </dl>`,
  );
}

function runLink({ runId, name, status }: RunLink, actions: RunActions) {
  return html`<span class="run-link"
    >${statusIcon(status)}${link(name, () => void actions.ask("openRun", { runId }))}</span
  >`;
}

function modelPair({ modelId, name, step }: ModelLink, actions: RunActions) {
  const open = (): void => void actions.ask("openModel", { modelId });
  const value =
    name === "" ? html`<code>${modelId}</code> <span class="muted">(gone)</span>` : link(name, open);
  return pair(
    step === undefined ? "Read: model" : "Made: model",
    html`${value} ${step ? html`<span class="muted">at step ${step}</span>` : nothing}`,
  );
}
