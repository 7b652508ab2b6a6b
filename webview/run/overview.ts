import { html, nothing } from "lit";
import { repeat } from "lit/directives/repeat.js";
import type { RunPanelData } from "../../src/shared/run/api.js";
import { TAG, type KeyValue, type Metric } from "../../src/shared/tracking.js";
import { formatDuration, formatNumber, formatTime } from "../shared/format.js";
import { iconButton } from "../shared/icon.js";
import { statusLabel } from "../shared/status.js";

export interface Extremes {
  min: number;
  max: number;
}

export interface OverviewActions {
  copy: (text: string) => void;
  openSource: () => void;
}

/** What a run is, in sections: metrics, parameters, command, data in and models out, tags. */
export function overview(
  data: RunPanelData,
  extremes: ReadonlyMap<string, Extremes>,
  actions: OverviewActions,
) {
  const { run } = data;
  const tags = run.data.tags.filter((tag) => !tag.key.startsWith("mlflow.") && !tag.key.startsWith("cairn."));
  const note = tagValue(run.data.tags, TAG.note);
  return html`<div class="overview">
    ${note === undefined ? nothing : html`<p class="note">${note}</p>`}
    <div class="cards">
      ${metricsCard(run.data.metrics, extremes)} ${pairsCard("Parameters", run.data.params, actions)}
      ${aboutCard(data, actions)} ${inputsCard(data)}
      ${tags.length > 0 ? pairsCard("Tags", tags, actions) : nothing}
    </div>
  </div>`;
}

function tagValue(tags: readonly KeyValue[], key: string): string | undefined {
  return tags.find((tag) => tag.key === key)?.value;
}

function card(title: string, count: number | undefined, content: unknown) {
  return html`<section class="card">
    <h2>${title}${count === undefined ? nothing : html` <span class="muted">${count}</span>`}</h2>
    ${content}
  </section>`;
}

function metricsCard(metrics: readonly Metric[], extremes: ReadonlyMap<string, Extremes>) {
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
          metrics,
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
    </table>`,
  );
}

function pairsCard(title: string, pairs: readonly KeyValue[], actions: OverviewActions) {
  if (pairs.length === 0) return card(title, 0, html`<p class="muted">None.</p>`);
  return card(
    title,
    pairs.length,
    html`<dl class="pairs">
      ${pairs.map(({ key, value }) =>
        pair(key, value, () => {
          actions.copy(value);
        }),
      )}
    </dl>`,
  );
}

function pair(key: string, value: unknown, copy?: () => void) {
  return html`<div class="pair">
    <dt class="clip muted" title=${key}>${key}</dt>
    <dd>
      <span class="value">${value}</span>
      ${copy ? iconButton({ icon: "copy", label: `Copy ${key}`, onClick: copy }) : nothing}
    </dd>
  </div>`;
}

function aboutCard({ run, experimentName }: RunPanelData, actions: OverviewActions) {
  const { info } = run;
  const { tags } = run.data;
  const copy = (text: string) => () => {
    actions.copy(text);
  };
  const source = tagValue(tags, TAG.sourceName);
  const command = tagValue(tags, TAG.command);
  const commit = tagValue(tags, TAG.gitCommit);
  const exit = tagValue(tags, TAG.exitCode);
  const reason = tagValue(tags, TAG.endReason);
  const sourceLink = html`<button class="link" type="button" @click=${actions.openSource}>${source}</button>`;
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
      ${source === undefined ? nothing : pair("Source", sourceLink)}
      ${command === undefined ? nothing : pair("Command", html`<code>${command}</code>`, copy(command))}
      ${commit === undefined ? nothing : pair("Git commit", html`<code>${commit.slice(0, 10)}</code>`, copy(commit))}
      ${pair("Run ID", html`<code>${info.runId}</code>`, copy(info.runId))}
      ${pair("Artifacts", html`<code>${info.artifactUri}</code>`, copy(info.artifactUri))}
    </dl>`,
  );
}

function inputsCard({ run }: RunPanelData) {
  const { datasetInputs, modelInputs } = run.inputs;
  const { modelOutputs } = run.outputs;
  const count = datasetInputs.length + modelInputs.length + modelOutputs.length;
  if (count === 0) return nothing;
  return card(
    "Data and models",
    count,
    html`<dl class="pairs">
      ${datasetInputs.map(({ dataset, tags }) =>
        pair(
          `Read: ${tagValue(tags, "mlflow.data.context") ?? "data"}`,
          html`${dataset.name} <code class="muted">${dataset.digest}</code>`,
        ),
      )}
      ${modelInputs.map(({ modelId }) => pair("Read: model", html`<code>${modelId}</code>`))}
      ${modelOutputs.map(({ modelId, step }) => pair(`Made at step ${step}`, html`<code>${modelId}</code>`))}
    </dl>`,
  );
}
