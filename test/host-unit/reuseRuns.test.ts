import { expect, test } from "vitest";
import { arrangeRuns } from "../../src/host/tree/arrangeRuns.ts";
import { reuseRuns } from "../../src/host/tree/reuseRuns.ts";
import type { TreeRun } from "../../src/host/tree/treeRun.ts";
import { aRun } from "./runs.ts";

interface Node {
  id: string;
  run: TreeRun;
  children: Node[];
}

const make = (run: TreeRun): Node => ({ id: run.row.runId, run, children: [] });
const draw = (before: Node[], runs: TreeRun[]) => reuseRuns(before, arrangeRuns(runs), make);

test("what is the same is neither drawn nor made again", () => {
  const runs = [aRun("a"), aRun("b", { parentRunId: "a" })];
  const first = draw([], runs);
  const second = draw(first.nodes, [aRun("a"), aRun("b", { parentRunId: "a" })]);
  expect(first.moved).toBe(true);
  expect(second).toMatchObject({ moved: false, changed: [] });
  expect(second.nodes[0]).toBe(first.nodes[0]);
});

test("a changed value draws only its own row again, at any depth", () => {
  const first = draw([], [aRun("a"), aRun("b", { parentRunId: "a" }, { loss: 1 })]);
  const second = draw(first.nodes, [aRun("a"), aRun("b", { parentRunId: "a" }, { loss: 0.5 })]);
  expect(second.moved).toBe(false);
  expect(second.changed.map((node) => node.id)).toEqual(["b"]);
  expect(second.nodes[0]?.children[0]?.run.metrics.get("loss")).toBe(0.5);
});

test("a new run moves its list; a new child draws its parent again and nothing above", () => {
  const first = draw([], [aRun("a"), aRun("z", { startTime: 5 })]);
  expect(draw(first.nodes, [aRun("a"), aRun("z", { startTime: 5 }), aRun("new")]).moved).toBe(true);
  const child = draw(first.nodes, [
    aRun("a"),
    aRun("z", { startTime: 5 }),
    aRun("c", { parentRunId: "a", startTime: 2 }),
  ]);
  expect(child.moved).toBe(false);
  expect(child.changed.map((node) => node.id)).toEqual(["a"]);
});

test("a run that ended moves down: its list is drawn again", () => {
  const running = aRun("a", { status: "RUNNING", startTime: 1, endTime: null });
  const first = draw([], [running, aRun("b", { startTime: 5 })]);
  expect(draw(first.nodes, [aRun("a", { startTime: 1 }), aRun("b", { startTime: 5 })]).moved).toBe(true);
});
