import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import os from "node:os";
import path from "node:path";
import type { Readable } from "node:stream";
import { expect, onTestFinished, test } from "vitest";
import { MediaCopier } from "../../../src/engine/follow/copyMedia.ts";
import { FolderWatch } from "../../../src/engine/follow/folderWatch.ts";
import { emptyState } from "../../../src/engine/follow/followState.ts";
import { Recorder } from "../../../src/engine/follow/recordFound.ts";

const PNG_END = Buffer.from([0x49, 0x45, 0x4e, 0x44, 0xae, 0x42, 0x60, 0x82]);
const never = new AbortController().signal;

/** Copies from a folder; what it stores is in `stored`, by path. */
function copying(state = emptyState()) {
  const root = mkdtempSync(path.join(os.tmpdir(), "cairn-media-"));
  onTestFinished(() => {
    rmSync(root, { recursive: true, force: true });
  });
  const stored: [string, Buffer][] = [];
  class Kept extends Recorder {
    override async recordFile(at: string, _size: number, open: () => Promise<Readable>): Promise<boolean> {
      stored.push([at, Buffer.concat((await (await open()).toArray()) as Buffer[])]);
      return Promise.resolve(true);
    }
  }
  const recorder = new Kept({} as ConstructorParameters<typeof Recorder>[0], state);
  const saves: string[] = [];
  const save = (): Promise<void> => {
    saves.push(JSON.stringify(state));
    return Promise.resolve();
  };
  const copier = new MediaCopier(state, recorder, save);
  const watch = new FolderWatch(root, new Set());
  const look = async (ended = false) => copier.copy(await watch.scan(true), ended, never);
  const write = (file: string, content: Buffer | string, seconds?: number): void => {
    const full = path.join(root, file);
    mkdirSync(path.dirname(full), { recursive: true });
    writeFileSync(full, content);
    if (seconds !== undefined) utimesSync(full, seconds, seconds);
  };
  return { root, state, stored, saves, look, write, paths: () => stored.map(([at]) => at) };
}

const picture = (text: string): Buffer => Buffer.concat([Buffer.from(text), PNG_END]);

test("a picture that is half written is left for later, unless nothing more will come", async () => {
  const { look, write, paths, stored } = copying();
  write("dvclive/plots/images/a/1.png", "half");
  await look();
  expect(paths()).toEqual([]);
  write("dvclive/plots/images/a/1.png", picture("whole"));
  await look();
  await look();
  expect(stored).toEqual([["dvclive/images/a/1.png", picture("whole")]]);
  write("dvclive/plots/images/a/2.png", "cut");
  await look(true);
  expect(paths()).toEqual(["dvclive/images/a/1.png", "dvclive/images/a/2.png"]);
});

test("a picture that is written anew gets the step that DVCLive's summary tells", async () => {
  const { look, write, paths } = copying();
  const file = "dvclive/plots/images/sample.png";
  const at = async (second: number, step: number | undefined, summarySecond: number): Promise<void> => {
    write(file, picture(String(second)), second);
    if (step !== undefined) write("dvclive/metrics.json", JSON.stringify({ step }), summarySecond);
    await look();
  };
  await at(100, undefined, 0); // before the first step's end
  await at(110, 0, 105); // after it
  await at(130, 9, 131); // right before the end of step 9
  await at(141, 19, 151); // half-way between the ends of steps 9 and 19
  expect(paths().map((each) => path.posix.basename(each))).toEqual(["0.png", "1.png", "9.png", "14.png"]);
});

test("of a list each place is a series; who goes on after a kill gives none a second place", async () => {
  const first = copying();
  const folder = "wandb/offline-run-20261121_135232-ab/files/media/images";
  for (const [i, name] of ["cc", "bb", "aa"].entries())
    first.write(`${folder}/k_0_${name}.png`, picture(name), 100 + i);
  await first.look();
  expect(new Set(first.paths())).toEqual(
    new Set(["wandb/images/k/0.png", "wandb/images/k/1/0.png", "wandb/images/k/2/0.png"]),
  );
  const before = new Map(first.stored.map(([at, content]) => [at, content.toString()]));
  // As it was written down before the first copy: that is all that a killed engine is sure to leave.
  const killed = JSON.parse(first.saves[0] ?? "") as ReturnType<typeof emptyState>;
  const moved = Object.entries(killed.media).map(([file, copy]) => [file, copy] as const);
  expect(moved).toHaveLength(3);
  expect(moved.every(([, copy]) => copy.done !== true)).toBe(true);
  const second = copying(killed);
  for (const name of readdirSync(path.join(first.root, folder))) {
    const from = path.join(first.root, folder, name);
    const known = killed.media[from];
    second.write(`${folder}/${name}`, readFileSync(from), (known?.mtimeMs ?? 0) / 1000);
    if (known !== undefined) killed.media[path.join(second.root, folder, name)] = known;
    Reflect.deleteProperty(killed.media, from);
  }
  await second.look();
  expect(new Map(second.stored.map(([at, content]) => [at, content.toString()]))).toEqual(before);
});
