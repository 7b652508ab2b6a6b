import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { RunRow, RunTable } from "../../src/shared/protocol.ts";
import { DEFAULT_LAYOUT, type TableLayout } from "../../src/shared/runs/api.ts";
import { groupCell, summarize } from "../../webview/runs/aggregate.ts";
import { arrangeColumns, inOrder } from "../../webview/runs/arrangeColumns.ts";
import { moveColumn, setGrouped, setPinned, setShown, setToggled } from "../../webview/runs/changeLayout.ts";
import { compareRows } from "../../webview/runs/compareRows.ts";
import { defaultColumns } from "../../webview/runs/defaultColumns.ts";
import { toCsv, toMarkdown } from "../../webview/runs/exportRuns.ts";
import { isQuery } from "../../webview/runs/filterQuery.ts";
import { runColumns, type RunColumn } from "../../webview/runs/runColumns.ts";
import { treeOf, treeRows } from "../../webview/runs/treeRows.ts";
import { makeTable } from "./harness/generate.ts";

const context = {
  colors: {},
  experiments: { "1": "turbines" },
  now: 0,
  drawn: new Set<string>(),
  star: () => undefined,
};

function run(runId: string, more: Partial<RunRow> = {}): RunRow {
  return {
    ...{
      runId,
      name: runId,
      experimentId: "1",
      status: "FINISHED",
      deleted: false,
      startTime: 0,
      endTime: 1000,
    },
    ...{
      user: "mira",
      source: "train.py",
      starred: false,
      metrics: [],
      params: [],
      tags: [],
      launched: true,
    },
    ...more,
  };
}

function columnsOf(table: Partial<RunTable>): RunColumn[] {
  return runColumns({ metricKeys: [], paramKeys: [], tagKeys: [], truncated: false, ...table }, context);
}

const column = (columns: readonly RunColumn[], id: string): RunColumn => {
  const found = columns.find((each) => each.id === id);
  if (!found) throw new Error(`There is no column ${id}.`);
  return found;
};

const ids = (list: readonly { id: string }[]): string[] => list.map(({ id }) => id);

describe("columns", () => {
  const columns = columnsOf({ metricKeys: ["a", "b"], paramKeys: ["lr"], tagKeys: ["team"] });
  const arrange = (layout: Partial<TableLayout>, rows: RunRow[] = []) =>
    arrangeColumns(
      columns,
      { ...DEFAULT_LAYOUT, ...layout },
      new Set(["metric:a", "metric:b", "param:lr", "tag:team"]),
      rows,
    );

  it("stand pinned first, then in the user's order, with new ones behind the one that they follow by default", () => {
    expect(ids(arrange({}))).toEqual([
      "select",
      "star",
      "name",
      "start",
      "duration",
      "metric:a",
      "metric:b",
      "param:lr",
      "tag:team",
      "user",
      "source",
    ]);
    const moved = arrange({ order: ["select", "name", "param:lr", "metric:a", "start"], pinned: ["name"] });
    expect(ids(moved)).toEqual([
      "select",
      "name",
      "star",
      "param:lr",
      "tag:team",
      "user",
      "source",
      "metric:a",
      "metric:b",
      "start",
      "duration",
    ]);
    expect(moved.filter(({ pinned }) => pinned).map(({ id }) => id)).toEqual(["select", "name"]);
  });

  it("keep their widths, and go and come as they are chosen", () => {
    const shown = arrange({ widths: { "metric:a": 300 }, hidden: ["metric:b", "user"], shown: ["status"] });
    expect(ids(shown)).not.toContain("metric:b");
    expect(ids(shown)).toContain("status");
    expect(column(shown, "metric:a").width).toBe(300);
  });

  it("leave out what is the same in all listed runs, when asked to", () => {
    const rows = [1, 2].map((value) =>
      run(`r${value}`, { metrics: [value, 7], params: ["0.1"], tags: ["x"] }),
    );
    expect(ids(arrange({ differing: true }, rows)).filter((id) => id.includes(":"))).toEqual(["metric:a"]);
    expect(ids(arrange({ differing: true }, rows.slice(0, 1)))).toContain("metric:b");
  });

  it("are never lost nor doubled by any order", () => {
    const all = ids(columns);
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...all, "gone")), (order) => {
        const unique = [...new Set(order)];
        expect(ids(inOrder(columns, unique)).sort()).toEqual([...all].sort());
      }),
    );
  });

  it("are moved, pinned by landing among pinned ones, hidden and shown", () => {
    const visible = ids(arrange({}));
    const moved = moveColumn(DEFAULT_LAYOUT, visible, { column: "metric:b", before: "metric:a" });
    expect(ids(arrange(moved)).slice(5, 7)).toEqual(["metric:b", "metric:a"]);
    const pinned = moveColumn(DEFAULT_LAYOUT, visible, { column: "metric:b", before: "name" });
    expect(ids(arrange(pinned)).slice(0, 4)).toEqual(["select", "star", "metric:b", "name"]);
    expect(pinned.pinned).toContain("metric:b");
    const unpinned = moveColumn(pinned, ids(arrange(pinned)), { column: "metric:b", before: null });
    expect(unpinned.pinned).not.toContain("metric:b");
    expect(ids(arrange(unpinned)).at(-1)).toBe("metric:b");
    expect(setPinned(DEFAULT_LAYOUT, "name", false).pinned).toEqual(["star"]);
    expect(setShown(setShown(DEFAULT_LAYOUT, ["user"], false), ["user"], true)).toMatchObject({
      shown: ["user"],
      hidden: [],
    });
  });
});

describe("the columns that a table starts with", () => {
  it("are at most 30 metrics: results before the rest, what the runs have before what they lack", () => {
    const metricKeys = [
      "val/accuracy",
      "loss",
      ...Array.from({ length: 12_000 }, (_, i) => `layer/${i}/norm`),
    ].sort();
    const rows = Array.from({ length: 50 }, (_, i) =>
      run(`r${i}`, { metrics: metricKeys.map((key) => (key.startsWith("layer") && i > 2 ? null : 1)) }),
    );
    const chosen = defaultColumns(columnsOf({ metricKeys }), rows);
    expect(chosen.size).toBe(30);
    expect([...chosen]).toEqual(expect.arrayContaining(["metric:val/accuracy", "metric:loss"]));
  });

  it("have system metrics only where there is nothing else", () => {
    const metricKeys = ["loss", "system/cpu_utilization_percentage"];
    expect([...defaultColumns(columnsOf({ metricKeys }), [])]).toEqual(["metric:loss"]);
    expect([...defaultColumns(columnsOf({ metricKeys: metricKeys.slice(1) }), [])]).toHaveLength(1);
  });
});

describe("groups", () => {
  const columns = columnsOf({ metricKeys: ["acc"], paramKeys: ["model", "lr"] });
  const rows = [
    run("a", { params: ["mlp", "0.1"], metrics: [0.5], startTime: 3 }),
    run("b", { params: ["mlp", "0.2"], metrics: [0.7], startTime: 2 }),
    run("c", { params: ["tree", "0.1"], metrics: ["NaN"], startTime: 1 }),
    run("d", { params: [null, "0.1"], metrics: [null] }),
  ];
  const by = (layout: Partial<TableLayout>, sort: { column: string; descending: boolean } | null = null) =>
    treeRows(rows, {
      groupBy: (layout.groupBy ?? []).map((id) => column(columns, id)),
      sort,
      sortColumn: sort === null ? undefined : column(columns, sort.column),
      toggled: new Set(layout.toggled),
    });
  const lines = (made: ReturnType<typeof by>) =>
    made.map((row) =>
      row.kind === "run"
        ? `${"  ".repeat(row.level - 1)}${row.id}`
        : `${"  ".repeat(row.level - 1)}${row.value}:${row.runs.length}`,
    );

  it("are closed at first, sorted by value, those without one last", () => {
    expect(lines(by({ groupBy: ["param:model"] }))).toEqual(["mlp:2", "tree:1", ":1"]);
  });

  it("lie within each other, and open to their runs", () => {
    const toggled = ["group\nparam:lr=0.1", "group\nparam:lr=0.1\nparam:model=mlp"];
    expect(lines(by({ groupBy: ["param:lr", "param:model"], toggled }))).toEqual([
      "0.1:3",
      "  mlp:1",
      "    a",
      "  tree:1",
      "  :1",
      "0.2:1",
    ]);
  });

  it("are sorted by the mean of the sorted metric", () => {
    const sorted = (descending: boolean) =>
      lines(by({ groupBy: ["param:lr"] }, { column: "metric:acc", descending }));
    expect(sorted(false)).toEqual(["0.1:3", "0.2:1"]);
    expect(sorted(true)).toEqual(["0.2:1", "0.1:3"]);
  });

  it("change with the grouping, which opens nothing", () => {
    const layout = setToggled(setGrouped(DEFAULT_LAYOUT, "param:lr", true), "group\nparam:lr=0.1", true);
    expect(setGrouped(layout, "param:model", true)).toMatchObject({
      groupBy: ["param:lr", "param:model"],
      toggled: [],
    });
  });

  it("show mean, spread, extremes and how many have a value", () => {
    expect(groupCell(column(columns, "metric:acc"), rows)).toEqual({
      short: "0.6000 ± 0.14",
      long: "0.6000 ± 0.14 (mean ± sample standard deviation)\nmin 0.5000, max 0.7000\n2 of 4 runs have it",
    });
    expect(groupCell(column(columns, "param:lr"), rows)).toEqual({ short: "2 values", long: "0.1\n0.2" });
    expect(groupCell(column(columns, "user"), rows).short).toBe("mira");
  });

  it("are summed up as the textbook says, whatever the numbers", () => {
    const numbers = fc.array(fc.double({ min: -1e6, max: 1e6, noNaN: true }), {
      minLength: 2,
      maxLength: 50,
    });
    fc.assert(
      fc.property(numbers, (values) => {
        const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
        const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
        const summary = summarize([...values, Number.NaN, Infinity]);
        expect(summary?.count).toBe(values.length);
        expect(summary?.mean).toBeCloseTo(mean, 6);
        expect(summary?.deviation).toBeCloseTo(Math.sqrt(squares / (values.length - 1)), 5);
        expect([summary?.min, summary?.max]).toEqual([Math.min(...values), Math.max(...values)]);
      }),
    );
    expect(summarize([])).toBeUndefined();
  });
});

describe("nested runs", () => {
  const nest = (rows: RunRow[], toggled: string[] = []) =>
    treeRows(rows, { groupBy: [], sort: null, sortColumn: undefined, toggled: new Set(toggled) });

  it("stand below their parents, which are open until they are closed", () => {
    const rows = [run("child", { parentRunId: "parent" }), run("other"), run("parent")];
    expect(nest(rows).map((row) => [row.id, row.level])).toEqual([
      ["other", 1],
      ["parent", 1],
      ["child", 2],
    ]);
    expect(ids(nest(rows, ["parent"]))).toEqual(["other", "parent"]);
    expect(treeOf(nest(rows))?.members(nest(rows)[1])).toEqual(["parent"]);
    expect(treeOf(nest(rows.slice(1, 2)))).toBeUndefined();
  });

  it("stay on top where the parent is missing, or where tags make a circle", () => {
    expect(ids(nest([run("child", { parentRunId: "gone" })]))).toEqual(["child"]);
    expect(ids(nest([run("a", { parentRunId: "b" }), run("b", { parentRunId: "a" })])).sort()).toEqual([
      "a",
      "b",
    ]);
    expect(ids(nest([run("a", { parentRunId: "a" })]))).toEqual(["a"]);
  });

  it("are all there, each once, however parents are tagged", () => {
    const names = ["a", "b", "c", "d", "e"];
    const parents = fc.tuple(
      ...names.map(() => fc.option(fc.constantFrom(...names, "gone"), { nil: undefined })),
    );
    fc.assert(
      fc.property(parents, (tags) => {
        const rows = names.map((name, i) => {
          const parentRunId = tags[i];
          return run(name, parentRunId === undefined ? {} : { parentRunId });
        });
        expect(ids(nest(rows)).sort()).toEqual(names);
      }),
    );
  });
});

describe("the filter field", () => {
  it.each([
    "metrics.acc > 0.9",
    'metrics.acc>0.9 and params.lr = "0.1"',
    "params.`a b` = 'x'",
    "tags.\"mlflow.user\" LIKE 'm%'",
    "status = 'FINISHED'",
    "attributes.start_time >= 1",
    "run_id IN ('a')",
    "tags.team IS NULL",
    "dataset.name = 'x'",
  ])("takes %s for a filter in MLflow's grammar", (text) => {
    expect(isQuery(text)).toBe(true);
  });

  it.each(["", "otter", "lr=0.01", "model=mlp failed", "metrics.acc", "metrics", "val/loss=0.1", "status"])(
    "takes %s for words",
    (text) => {
      expect(isQuery(text)).toBe(false);
    },
  );
});

describe("compared runs", () => {
  const columns = columnsOf({ metricKeys: ["acc", "loss"], paramKeys: ["lr"], tagKeys: ["team"] });
  const rows = [
    run("a", { metrics: [0.50001, 1], params: ["0.1"], tags: [null] }),
    run("b", { metrics: [0.50002, 1], params: ["0.1"], tags: ["x"] }),
  ];

  it("differ in metrics that only look the same, and in what one of them lacks", () => {
    const made = compareRows(columns, rows, false);
    expect(made.filter(({ differs }) => differs).map(({ id }) => id)).toEqual(["metric:acc", "tag:team"]);
    expect(made.slice(0, 4).map(({ section }) => section)).toEqual([
      "Parameters",
      "Metrics",
      "Metrics",
      "Tags",
    ]);
    expect(compareRows(columns, rows, true)).toHaveLength(2);
  });
});

describe("a copied table", () => {
  const columns = columnsOf({ metricKeys: ["acc"], paramKeys: ["note|x"] }).filter(({ id }) =>
    ["select", "star", "name", "duration", "metric:acc", "param:note|x"].includes(id),
  );
  const rows = [
    run("r1", { name: 'say "hi", you', metrics: [1 / 3], params: ["=1+1"], endTime: 1500 }),
    run("r2", { name: "two\nlines", metrics: ["NaN"], params: ["a|b"] }),
  ];

  it("is CSV with whole numbers' digits, quotes, and no formulas", () => {
    expect(toCsv(rows, columns)).toBe(
      'Run,Duration (s),acc,note|x\r\n"say ""hi"", you",1.5,0.3333333333333333,\'=1+1\r\n"two\nlines",1,NaN,a|b\r\n',
    );
  });

  it("is Markdown with the table's own texts", () => {
    expect(toMarkdown(rows, columns)).toBe(
      [
        "| Run | Duration | acc | note\\|x |",
        "| :-- | --: | --: | :-- |",
        '| say "hi", you | 1.5 s | 0.3333 | =1+1 |',
        "| two lines | 1.0 s | NaN | a\\|b |",
      ].join("\n"),
    );
  });

  it("is read back by any reader of CSV", () => {
    const table = makeTable(30, 3);
    const all = columnsOf(table);
    const lines = toCsv(table.rows, all).trimEnd().split("\r\n");
    expect(lines).toHaveLength(31);
    for (const line of lines) expect(line.split(",")).toHaveLength(all.length - 2);
  });
});
