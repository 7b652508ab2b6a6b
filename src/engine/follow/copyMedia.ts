import { createReadStream } from "node:fs";
import { open, readFile } from "node:fs/promises";
import path from "node:path";
import { Readable } from "node:stream";
import { MAX_ARTIFACT, MAX_DOCUMENT, readDvcliveMetrics } from "../../core/importers/index.js";
import type { WatchedFile } from "./folderWatch.js";
import type { FollowState, MediaCopy } from "./followState.js";
import type { Recorder } from "./recordFound.js";

/** What was not written to for so long is taken for whole. */
const SETTLED_MS = 500;
/** A video above this stays where it is. */
const MAX_MEDIA = 128 << 20;
const TEXT = /\.(?:json|html?|md|txt|csv|svg)$/i;

interface Summary {
  step: number;
  mtimeMs: number;
}

/** Copies the pictures and the like that are one run's to its artifacts, each once and again when it has changed. */
export class MediaCopier {
  /** DVCLive's `metrics.json`, by its folder, as it was last seen and at the look before. */
  private readonly summaries = new Map<string, [Summary, Summary | undefined]>();

  constructor(
    private readonly state: FollowState,
    private readonly recorder: Recorder,
    private readonly save: () => Promise<void>,
  ) {}

  /** `ended` says that nothing more will come; what is left when `signal` fires is the next engine's. Throws what the store throws; the next call goes on there. */
  async copy(files: readonly WatchedFile[], ended: boolean, signal: AbortSignal): Promise<void> {
    for (const file of files) if (file.kind === "dvcliveMetrics") await this.readSummary(file);
    const fresh: [WatchedFile, MediaCopy][] = [];
    const taken = new Set(Object.values(this.state.media).map((copy) => copy.path));
    for (const file of files.filter(({ kind }) => kind === "media").sort(byBirth)) {
      const known = this.state.media[file.absolute];
      const isSame = known?.size === file.size && known.mtimeMs === file.mtimeMs;
      if (isSame && known.done === true) continue;
      if (!ended && !(await isWhole(file))) continue;
      const at = isSame ? known.path : this.placeOf(file, known, taken);
      taken.add(at);
      fresh.push([file, { path: at, size: file.size, mtimeMs: file.mtimeMs }]);
    }
    if (fresh.length === 0) return;
    // Written down first, so that a killed engine's successor gives none a second place.
    for (const [file, copy] of fresh) this.state.media[file.absolute] = copy;
    await this.save();
    try {
      for (const [file, copy] of fresh) {
        if (signal.aborted) return;
        await this.copyOne(file, copy.path);
        copy.done = true;
      }
    } finally {
      await this.save();
    }
  }

  private placeOf(file: WatchedFile, known: MediaCopy | undefined, taken: ReadonlySet<string>): string {
    const { path: place = file.path, extension, step } = file.media ?? {};
    if (extension === undefined) return place;
    if (step === undefined) return `${place}/${this.stepOf(file)}${extension}`;
    if (known !== undefined) return known.path;
    // Several of one name at one step are a list: each place in it is a series of its own.
    for (let i = 0; ; i++) {
      const at = `${place}/${i === 0 ? "" : `${i}/`}${step}${extension}`;
      if (!taken.has(at)) return at;
    }
  }

  private async copyOne(file: WatchedFile, at: string): Promise<void> {
    const limit = TEXT.test(at) ? MAX_ARTIFACT : MAX_MEDIA;
    if (file.size > limit) {
      this.recorder.tell(`the ${file.size} bytes of ${file.path} are too large and were left out.`);
      return;
    }
    try {
      await this.recorder.recordFile(at, file.size, async () => {
        if (TEXT.test(at))
          return Readable.from([await this.recorder.withoutSecrets(await readFile(file.absolute))]);
        // Opened first: what is gone by now must not leave an empty artifact.
        const handle = await open(file.absolute, "r");
        return createReadStream("", { fd: handle, start: 0, end: Math.max(0, file.size - 1) });
      });
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
    }
  }

  private async readSummary(file: WatchedFile): Promise<void> {
    const [before] = this.summaries.get(file.unit) ?? [];
    if (before?.mtimeMs === file.mtimeMs || file.size > MAX_DOCUMENT) return;
    try {
      const { step } = readDvcliveMetrics(await readFile(file.absolute, "utf8"));
      this.summaries.set(file.unit, [{ step, mtimeMs: file.mtimeMs }, before]);
    } catch {
      // Half written, or gone: the next look reads it.
    }
  }

  /**
   * The step at which a picture was written that bears none in its name. DVCLive writes the summary at each step's end:
   * a picture that is younger belongs to the next step, one between two summaries to a step between theirs.
   */
  private stepOf({ unit, mtimeMs }: WatchedFile): number {
    const [last, before] = this.summaries.get(unit) ?? [];
    if (last === undefined) return 0;
    if (mtimeMs > last.mtimeMs) return last.step + 1;
    if (before === undefined || before.step >= last.step) return last.step;
    if (mtimeMs <= before.mtimeMs) return before.step;
    const share = (mtimeMs - before.mtimeMs) / (last.mtimeMs - before.mtimeMs);
    return before.step + Math.max(1, Math.ceil(share * (last.step - before.step)));
  }
}

const byBirth = (a: WatchedFile, b: WatchedFile): number =>
  a.birthtimeMs - b.birthtimeMs || a.mtimeMs - b.mtimeMs || (a.path < b.path ? -1 : 1);

/** Last bytes of whole pictures, by their names' ends. */
const ends: Record<string, Buffer> = {
  ".png": Buffer.from([0x49, 0x45, 0x4e, 0x44, 0xae, 0x42, 0x60, 0x82]),
  ".jpg": Buffer.from([0xff, 0xd9]),
  ".jpeg": Buffer.from([0xff, 0xd9]),
  ".gif": Buffer.from([0x3b]),
};

/** Whether nothing more is to come: by its end, so that what is written anew all the time is seen at all; else by its age. */
async function isWhole({ absolute, size, mtimeMs }: WatchedFile): Promise<boolean> {
  if (size === 0) return false;
  if (Date.now() - mtimeMs >= SETTLED_MS) return true;
  const end = ends[path.extname(absolute).toLowerCase()];
  if (end === undefined || size < end.length) return false;
  try {
    const handle = await open(absolute, "r");
    try {
      const { buffer } = await handle.read(Buffer.alloc(end.length), 0, end.length, size - end.length);
      return buffer.equals(end);
    } finally {
      await handle.close();
    }
  } catch {
    return false;
  }
}
