import { expect, test } from "vitest";
import type { EntryInfo } from "../../src/shared/protocol.ts";
import { paramPickItems, runPickItems, splitCommand } from "../../src/host/runs/pickItems.ts";
import { aRun, english } from "./runs.ts";

const train: EntryInfo = {
  ...{ name: "train", command: "python train.py --lr {lr}", source: "cairn.yaml" },
  params: { lr: "0.05", epochs: "40" },
};

test("starting the entry stands first, with what was changed", () => {
  const [start, lr, epochs] = paramPickItems(train, { lr: "0.1", epochs: "40" }, english);
  expect(start).toEqual({ label: "$(play) Run train", detail: "lr=0.1" });
  expect(lr).toMatchObject({ param: "lr", description: "0.1", detail: "was 0.05" });
  expect(epochs).toEqual({ label: "$(edit) epochs", description: "40", param: "epochs" });
});

test("runs to pick from say their status in words", () => {
  const runs = [aRun("a"), aRun("b", { status: "RUNNING", endTime: null })];
  expect(runPickItems(runs, english).map(({ runId, description }) => [runId, description])).toEqual([
    ["b", "running"],
    ["a", "finished · 1m 00s"],
  ]);
});

test.each([
  ["python train.py --lr 0.05", ["python", "train.py", "--lr", "0.05"]],
  [`  sh -c "echo 'a b'"  `, ["sh", "-c", "echo 'a b'"]],
  [`a\\ b 'c\\d' ""`, ["a b", "c\\d", ""]],
  [String.raw`C:\tools\python.exe x`, [String.raw`C:\tools\python.exe`, "x"]],
  ["", []],
])("%s is split as a shell would", (text, words) => {
  expect(splitCommand(text)).toEqual(words);
});

test("a quote left open is no command", () => {
  expect(splitCommand(`echo "a`)).toBeUndefined();
});
