import fc from "fast-check";
import { expect, test } from "vitest";
import { type Arranged, arrangeRuns, missingParents } from "../../src/host/tree/arrangeRuns.ts";
import { aRun } from "./runs.ts";

const ids = (nodes: Arranged[]): unknown[] =>
  nodes.map(({ run, children }) => (children.length === 0 ? run.row.runId : [run.row.runId, ids(children)]));

test("running runs come first, then queued ones, then the newest", () => {
  const runs = [
    aRun("old", { startTime: 1 }),
    aRun("new", { startTime: 9 }),
    aRun("queued", { status: "SCHEDULED", startTime: 5 }),
    aRun("running", { status: "RUNNING", startTime: 2, endTime: null }),
  ];
  expect(ids(arrangeRuns(runs))).toEqual(["running", "queued", "new", "old"]);
});

test("nested runs stand below their parents at every depth", () => {
  const runs = [
    aRun("c", { parentRunId: "b" }),
    aRun("b", { parentRunId: "a" }),
    aRun("a"),
    aRun("b2", { parentRunId: "a", startTime: 2000 }),
  ];
  expect(ids(arrangeRuns(runs))).toEqual([["a", ["b2", ["b", ["c"]]]]]);
});

test("a run whose parent is not there stands at the top, and the parent is named as missing", () => {
  const runs = [aRun("child", { parentRunId: "gone" }), aRun("other", { parentRunId: "gone" })];
  expect(ids(arrangeRuns(runs))).toEqual(["child", "other"]);
  expect(missingParents(runs)).toEqual(["gone"]);
});

test("whatever the parents are, cycles too, each run is shown exactly once", () => {
  const parent = fc.option(fc.integer({ min: 0, max: 7 }), { nil: undefined });
  fc.assert(
    fc.property(fc.array(parent, { maxLength: 8 }), (parents) => {
      const runs = parents.map((of, place) =>
        aRun(String(place), of === undefined ? {} : { parentRunId: String(of) }),
      );
      const seen: string[] = [];
      const visit = (nodes: Arranged[]) => {
        for (const { run, children } of nodes) {
          seen.push(run.row.runId);
          visit(children);
        }
      };
      visit(arrangeRuns(runs));
      expect(seen.sort()).toEqual(runs.map(({ row }) => row.runId).sort());
    }),
  );
});
