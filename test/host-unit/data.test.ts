import { expect, test } from "vitest";
import { differencesOf, factsOf, looksLikeText } from "../../src/host/data/compareFacts.ts";
import {
  datasetTooltip,
  describeDataset,
  describeVersion,
  shownState,
  versionTooltip,
} from "../../src/host/data/describeData.ts";
import type { DataSetSummary, DataStatus, DataVersion } from "../../src/shared/data/api.ts";

const t = (message: string, ...args: (string | number)[]) =>
  message.replace(/\{(\d)\}/g, (_, place: string) => String(args[Number(place)]));

const md5 = "0123456789abcdef0123456789abcdef";

const version: DataVersion = {
  ...{ path: "data/rows.csv", version: 3, md5, size: 3_250_112, files: null, message: "one *more*\nand why" },
  ...{ author: "Mira <mira@example.org>", time: 0, newBytes: 2048, recipe: "lines", baselineBytes: 65_536 },
  ...{ alternatives: [], packed: true, rows: 1640, columns: 70, stored: true, commits: [], runs: ["a", "b"] },
};

const status: DataStatus = {
  ...{ path: "data/rows.csv", state: "unchanged", md5, size: 10, version: 3, stored: true },
  ...{ added: [], changed: [], removed: [], pointer: "data/rows.csv.dvc", problem: null },
};

test("a state is shown where it is worth a sign, and content that is not here comes first", () => {
  expect(shownState(status)).toBeUndefined();
  expect(shownState({ ...status, state: "modified" })).toBe("modified");
  expect(shownState({ ...status, state: "missing" })).toBe("missing");
  expect(shownState({ ...status, state: "missing", stored: false })).toBe("remote");
  expect(shownState({ ...status, stored: false })).toBe("remote");
  expect(shownState({ ...status, state: "noPointer", md5: null, stored: false })).toBe("noPointer");
});

test("a row says state, version, size and folder; a version what it is and what it added", () => {
  const item = {
    path: "data/rows.csv",
    summary: undefined,
    status: { ...status, state: "modified" as const },
  };
  expect(describeDataset(item, t)).toBe("modified · v3 · 10 B · data");
  expect(describeDataset({ path: "rows.csv", summary: undefined, status: undefined }, t)).toBe("");
  expect(describeVersion(version, 7_200_000, t)).toBe("one *more* · 3.1 MB · +2.0 KB · 1,640 × 70 · 2 h ago");
  expect(describeVersion({ ...version, version: null, stored: false, message: "" }, 0, t)).toBe(
    "not stored here · 3.1 MB · 1,640 × 70 · 0 s ago",
  );
});

test("tooltips name what matters, and nothing of the user's formats them", () => {
  const text = versionTooltip(version, true, t);
  expect(text).toContain("one \\*more\\* and why");
  expect(text).toContain("what the pointer names");
  expect(text).toContain("| New | 2\\.0 KB, lines \\(zstd alone: 64\\.0 KB\\) |");
  expect(text).toContain("| Author | Mira |");
  const summary: DataSetSummary = {
    ...{ path: "a|b.csv", versions: 2, version: 2, md5, size: 10, files: 4, rows: null, columns: null },
    ...{ time: 0, author: "Mira", message: "<b>", storedBytes: 5 },
  };
  const changed = { ...status, state: "modified" as const, changed: ["x"], removed: ["y", "z"] };
  const dataset = datasetTooltip({ path: "a|b.csv", summary, status: changed }, t);
  expect(dataset).toContain("**a\\|b\\.csv**");
  expect(dataset).toContain("Modified since its version was added: 1 changed, 2 removed");
  expect(dataset).toContain("v2 \\<b\\>");
});

test("two folders are compared by their files", () => {
  const file = (path: string, own: string) => ({ path, md5: own, size: 1 });
  const a = [file("same", "1"), file("changed", "2"), file("removed", "3")];
  const b = [file("changed", "4"), file("added", "5"), file("same", "1")];
  expect(differencesOf(a, b).map(({ path, kind }) => [path, kind])).toEqual([
    ["added", "added"],
    ["changed", "changed"],
    ["removed", "removed"],
  ]);
});

test("facts stand for what no editor takes, a line each", () => {
  const one = { path: "", md5, size: 3_250_112 };
  const files = { path: "data/rows.csv", version: 3, md5, isFolder: false, files: [one] };
  expect(factsOf(files, version).split("\n")).toContain("rows      1,640");
  expect(factsOf({ ...files, version: null }, undefined)).toContain("version   none");
  const listed = factsOf({ ...files, isFolder: true, files: [{ path: "b", md5: "2", size: null }] }, version);
  expect(listed).toContain("b  2  ?");
  expect(looksLikeText(Buffer.from("id,label\n"))).toBe(true);
  expect(looksLikeText(Buffer.from([80, 75, 0, 1]))).toBe(false);
});
