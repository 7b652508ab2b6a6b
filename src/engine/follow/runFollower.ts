import { readFile } from "node:fs/promises";
import {
  allowedName,
  atBeginning,
  type ChunkReader,
  cursorAt,
  dvcliveForm,
  type FileCursor,
  lightningForm,
  MAX_DOCUMENT,
  nothingFound,
  readDvcliveMetrics,
  readOn,
  type ReadOnOptions,
  readTable,
  readTfevents,
  readWandb,
  readYamlParams,
  type TableForm,
} from "../../core/importers/index.js";
import { CairnError, toError, toErrorShape } from "../../shared/errors.js";
import { MediaCopier } from "./copyMedia.js";
import type { WatchedFile } from "./folderWatch.js";
import { type FollowedFile, type FollowState, saveState } from "./followState.js";
import { prefixOf } from "./prefixes.js";
import { Recorder, type RecorderOptions } from "./recordFound.js";

/** What was there before the run is read over, for what it tells of the rest, only up to this size. */
const MAX_READ_OVER = 64 << 20;
const folderOf = (path: string): string => path.slice(0, Math.max(0, path.lastIndexOf("/")));

/** Reads the files that are one run's, and remembers how far. */
export class RunFollower {
  readonly recorder: Recorder;
  private readonly media: MediaCopier;
  /** Deleted, or moved to where nothing can be written: nothing more is read. */
  private over = false;

  constructor(
    private readonly options: RecorderOptions & { stateFile: string; signal: AbortSignal },
    readonly state: FollowState,
  ) {
    this.recorder = new Recorder(options, state);
    this.media = new MediaCopier(state, this.recorder, () => this.save());
  }

  get runId(): string {
    return this.options.runId;
  }

  owns(unit: string): boolean {
    return this.state.units.includes(unit);
  }

  async adopt(units: readonly string[]): Promise<void> {
    if (units.length === 0) return;
    this.state.units.push(...units);
    await this.save();
  }

  /** Reads what came to `files`, all of which are this run's. `ended` says that nothing more will come. */
  async read(files: readonly WatchedFile[], ended: boolean): Promise<void> {
    const fresh = files.filter(
      ({ kind, absolute }) => kind === "tfevents" && this.state.files[absolute] === undefined,
    );
    const together = [...new Set(fresh.map(({ path }) => folderOf(path)))];
    for (const file of files) {
      if (this.over || this.options.signal.aborted) return;
      if (file.kind === "media") continue;
      const known = this.state.files[file.absolute];
      if (!ended && known?.seen?.size === file.size && known.seen.mtimeMs === file.mtimeMs) continue;
      try {
        await this.readFile(file, known ?? (await this.open(file, together)), files, ended);
      } catch (error) {
        await this.failed(file, error);
      }
    }
    const copied = files.find(({ kind }) => kind === "media");
    if (copied === undefined || this.over) return;
    try {
      await this.media.copy(files, ended, this.options.signal);
    } catch (error) {
      await this.failed(copied, error);
    }
  }

  private async failed(file: WatchedFile, error: unknown): Promise<void> {
    const { code, message } = toErrorShape(error);
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return;
    if (code === "notFound" || code === "invalid") this.over = !(await this.takesMore());
    this.recorder.tell(`${file.path}: ${message}`);
    if (code !== "corrupt") return;
    const known = this.state.files[file.absolute];
    // Looked at again when it changes: it may only have been caught half written.
    if (known !== undefined) known.seen = { size: file.size, mtimeMs: file.mtimeMs };
  }

  /** A run that was deleted takes nothing more. */
  private async takesMore(): Promise<boolean> {
    try {
      return (await this.options.store.getRun(this.runId)).info.lifecycleStage === "active";
    } catch {
      return false;
    }
  }

  private async open(file: WatchedFile, together: readonly string[]): Promise<FollowedFile> {
    const prefix = file.kind === "tfevents" ? prefixOf(folderOf(file.path), together, this.state.bases) : "";
    const before = this.state.baseline[file.absolute];
    const isOld = before !== undefined && before > 0 && before <= file.size;
    const cursor = isOld ? await this.readOver(file, before) : structuredClone(atBeginning);
    return (this.state.files[file.absolute] = { cursor, prefix });
  }

  /** What was there before is another run's, but tells columns and kinds of values. */
  private async readOver(file: WatchedFile, size: number): Promise<FileCursor> {
    const options = this.readerOf(file, "", file.mtimeMs);
    if (options === undefined || size > MAX_READ_OVER) return cursorAt(file.absolute, size);
    let last = structuredClone(atBeginning);
    for await (const { cursor } of readOn(file.absolute, last, { ...options, limit: size })) last = cursor;
    return last;
  }

  private async readFile(
    file: WatchedFile,
    known: FollowedFile,
    files: readonly WatchedFile[],
    ended: boolean,
  ): Promise<void> {
    const time = Math.max(0, Math.round(file.mtimeMs));
    if (file.kind === "lightningParams" || file.kind === "dvcliveParams" || file.kind === "dvcliveMetrics") {
      await this.readDocument(file, known, files, time);
    } else {
      // What another engine was about to take in comes first, with the time that it had chosen.
      if (known.pending !== undefined) await this.readRecords(file, known, known.pending, false);
      const pending = { limit: file.size, time };
      if (file.kind === "lightning" || file.kind === "dvcliveTable") {
        known.pending = pending;
        await this.save();
      }
      await this.readRecords(file, known, pending, ended);
      delete known.pending;
    }
    known.seen = { size: file.size, mtimeMs: file.mtimeMs };
    await this.save();
  }

  private async readRecords(
    file: WatchedFile,
    known: FollowedFile,
    { limit, time }: { limit: number; time: number },
    ended: boolean,
  ): Promise<void> {
    const options = this.readerOf(file, known.prefix, time);
    if (options === undefined) return;
    for await (const { found, cursor } of readOn(file.absolute, known.cursor, { ...options, limit, ended })) {
      await this.recorder.record(formatOf(file), found);
      known.cursor = cursor;
      if (this.options.signal.aborted) return;
      await this.save();
    }
  }

  private async readDocument(
    file: WatchedFile,
    known: FollowedFile,
    files: readonly WatchedFile[],
    timestamp: number,
  ): Promise<void> {
    if (file.size > MAX_DOCUMENT) throw new CairnError("corrupt", "The file is too large.");
    const text = await readFile(file.absolute, "utf8");
    const found = nothingFound();
    if (file.kind === "dvcliveMetrics") {
      const tables = new Set(
        files.flatMap(({ unit, metric }) =>
          unit === file.unit && metric !== undefined ? [allowedName(metric)] : [],
        ),
      );
      const { step, values } = readDvcliveMetrics(text);
      const latest = (known.latest ??= {});
      for (const [key, value] of values) {
        const before = latest[key];
        if (tables.has(key) || (before?.[0] === step && before[1] === value)) continue;
        latest[key] = [step, value];
        found.metrics.push({ key, value, step, timestamp });
      }
    } else {
      found.params.push(...readYamlParams(text));
    }
    await this.recorder.record(formatOf(file), found);
  }

  private readerOf(file: WatchedFile, prefix: string, time: number): ReadOnOptions | undefined {
    const context = { time, prefix };
    if (file.kind === "tfevents") return { reader: readTfevents, context };
    if (file.kind === "wandb") return { reader: readWandb, context };
    if (file.kind === "lightning")
      return { reader: tableReader(lightningForm), context, form: lightningForm };
    if (file.kind !== "dvcliveTable" || file.metric === undefined) return undefined;
    const form = dvcliveForm(file.metric);
    return { reader: tableReader(form), context, form };
  }

  private async save(): Promise<void> {
    try {
      await saveState(this.options.stateFile, this.state);
    } catch (error) {
      this.recorder.tell(`how far they were read cannot be kept: ${toError(error).message}`);
    }
  }
}

const tableReader =
  (form: TableForm): ChunkReader =>
  (chunk, _offset, state, found, context) =>
    readTable(chunk, state, found, context, form);

function formatOf({ kind }: WatchedFile): string {
  if (kind === "tfevents") return "TensorBoard";
  if (kind === "wandb") return "W&B";
  return kind.startsWith("lightning") ? "Lightning" : "DVCLive";
}
