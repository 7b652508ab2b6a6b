import { Readable } from "node:stream";
import { setImmediate as breathe } from "node:timers/promises";
import { type ArtifactStore, artifactPathOf } from "../../core/artifacts/index.js";
import type { Found } from "../../core/importers/index.js";
import type { Logger } from "../../core/logger.js";
import type { Redactor } from "../../core/redact/index.js";
import { LIMITS, type StoreChange, type TrackingStore } from "../../core/tracking/index.js";
import { toErrorShape } from "../../shared/errors.js";
import type { KeyValue, Metric } from "../../shared/tracking.js";
import type { FollowState } from "./followState.js";

/** Copies of images and texts in one run. */
const MAX_ARTIFACTS = 2000;
const MAX_ARTIFACT_BYTES = 512 << 20;

/** What the follower itself stores, to tell it from what a script logs. */
const own = new WeakSet<readonly Metric[]>();

export interface RecorderOptions {
  runId: string;
  store: TrackingStore;
  artifacts: ArtifactStore;
  logger: Logger;
  /** Takes secrets of this run out of parameters and texts. */
  redactorOf: (runId: string) => Promise<Redactor>;
}

/**
 * Stores what files brought for one run. A metric belongs to whoever logs it first: where the script logs it too, or
 * another format did before, the file's is left out, because two sources in one curve would be wrong.
 */
export class Recorder {
  /** Metrics that came from elsewhere. */
  private readonly others = new Set<string>();
  private readonly owners = new Map<string, string>();
  private readonly told = new Set<string>();
  private loaded: Promise<void> | undefined;

  constructor(
    private readonly options: RecorderOptions,
    private readonly state: FollowState,
  ) {
    for (const [format, names] of Object.entries(state.names))
      for (const name of names) this.owners.set(name, format);
  }

  onStoreChange(change: StoreChange): void {
    if (change.kind !== "metrics" || change.runId !== this.options.runId || own.has(change.metrics)) return;
    for (const { key } of change.metrics) this.others.add(key);
  }

  /** Throws what the store throws; what was stored before then is stored again as the same points. */
  async record(format: string, found: Found): Promise<void> {
    await (this.loaded ??= this.load());
    const metrics = found.metrics.filter(({ key }) => this.isOwn(format, key));
    for (let i = 0; i < metrics.length; i += LIMITS.metricsPerBatch) {
      const batch = metrics.slice(i, i + LIMITS.metricsPerBatch);
      own.add(batch);
      await this.options.store.logBatch(this.options.runId, { metrics: batch });
      // Others are served in between.
      await breathe();
    }
    if (found.params.length + found.tags.length > 0) await this.recordTexts(found);
    for (const artifact of found.artifacts) await this.recordArtifact(artifact.path, artifact.content);
    for (const problem of found.problems) this.tell(problem);
  }

  /** Says something once. */
  tell(message: string): void {
    if (this.told.has(message) || this.told.size > 100) return;
    this.told.add(message);
    this.options.logger.warn(`Logs of run ${this.options.runId}: ${message}`);
  }

  /** What the run had before any file was read is the script's own. */
  private async load(): Promise<void> {
    const { data } = await this.options.store.getRun(this.options.runId);
    for (const { key } of data.metrics) if (!this.owners.has(key)) this.others.add(key);
  }

  private isOwn(format: string, key: string): boolean {
    if (this.others.has(key)) {
      this.tell(`the run logs the metric ${key} itself; that of the ${format} files is left out.`);
      return false;
    }
    const owner = this.owners.get(key);
    if (owner === undefined) {
      this.owners.set(key, format);
      (this.state.names[format] ??= []).push(key);
    } else if (owner !== format) {
      this.tell(
        `the metric ${key} comes from ${owner} files already; that of the ${format} files is left out.`,
      );
      return false;
    }
    return true;
  }

  private async recordTexts(found: Found): Promise<void> {
    const { runId, store } = this.options;
    const redactor = await this.options.redactorOf(runId);
    const { data } = await store.getRun(runId);
    const params = new Map<string, string>();
    for (const { key, value } of found.params) {
      const known = data.params.find((param) => param.key === key)?.value ?? params.get(key);
      if (known === undefined) params.set(key, value);
      else if (known !== value) this.tell(`the parameter ${key} has another value already, which stays.`);
    }
    const shown = toPairs(redactor.params(Object.fromEntries(params)).value);
    for (let i = 0; i < shown.length; i += LIMITS.paramsPerBatch)
      await store.logBatch(runId, { params: shown.slice(i, i + LIMITS.paramsPerBatch) });
    const tags = found.tags.filter(({ key }) => !data.tags.some((tag) => tag.key === key));
    if (tags.length > 0)
      await store.logBatch(runId, { tags: toPairs(redactor.params(fromPairs(tags)).value) });
  }

  private recordArtifact(path: string, content: Uint8Array): Promise<boolean> {
    return this.recordFile(path, content.length, async () =>
      Readable.from([path.endsWith(".md") ? await this.withoutSecrets(content) : content]),
    );
  }

  /**
   * Stores a file of `size` bytes as the artifact `path`. False where it is left out: `open` is not called where there
   * are too many already. Throws what the store and `open` throw.
   */
  async recordFile(path: string, size: number, open: () => Promise<Readable>): Promise<boolean> {
    const { runId, store, artifacts } = this.options;
    const count = this.state.artifacts;
    if (count.count >= MAX_ARTIFACTS || count.bytes + size > MAX_ARTIFACT_BYTES) {
      this.tell("no more images and texts of its files are copied: there are too many.");
      return false;
    }
    const folder = artifactPathOf((await store.getRun(runId)).info.artifactUri);
    if (folder === undefined) {
      this.tell("its artifacts are not kept here, so images and texts of its files are left out.");
      return false;
    }
    count.count += 1;
    count.bytes += size;
    try {
      await artifacts.write(`${folder}/${path}`, await open());
    } catch (error) {
      // One name that cannot be a file must not hold up all that comes behind it.
      if (toErrorShape(error).code !== "invalid") throw error;
      this.tell(toErrorShape(error).message);
      return false;
    }
    return true;
  }

  /** Text of a file, without the secrets that this run knows. */
  async withoutSecrets(content: Uint8Array): Promise<Uint8Array> {
    const redactor = await this.options.redactorOf(this.options.runId);
    return Buffer.from(redactor.text(Buffer.from(content).toString("utf8")).value);
  }
}

const fromPairs = (pairs: readonly KeyValue[]): Record<string, string> =>
  Object.fromEntries(pairs.map(({ key, value }) => [key, value]));
const toPairs = (record: Record<string, string>): KeyValue[] =>
  Object.entries(record).map(([key, value]) => ({ key, value: value.slice(0, LIMITS.paramValue) }));
