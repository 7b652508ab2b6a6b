import { expect, test } from "vitest";
import { keepView, withKeptView } from "../../src/host/panels/runsView.ts";
import { runsState } from "../../src/host/panels/parsers.ts";
import { DEFAULT_LAYOUT, type RunsPanelState } from "../../src/shared/runs/api.ts";

/** What VS Code keeps for a workspace: only what survives being written as JSON. */
function memory() {
  const kept = new Map<string, string>();
  return {
    keys: () => [...kept.keys()],
    get: <T>(key: string, otherwise?: T) => {
      const text = kept.get(key);
      return text === undefined ? otherwise : (JSON.parse(text) as T);
    },
    update: (key: string, value: unknown) => {
      kept.set(key, JSON.stringify(value));
      return Promise.resolve();
    },
  };
}

const fresh = (experimentIds: string[]): RunsPanelState => ({
  ...{
    project: "file:///a",
    experimentIds,
    title: "Runs",
    selected: [],
    textFilter: "",
    sort: null,
    split: 0.5,
  },
  ...{ layout: DEFAULT_LAYOUT, side: "charts", compareDiffering: true },
});

const arranged: Partial<RunsPanelState> = {
  ...{
    sort: { column: "metric:acc", descending: true },
    split: 0.7,
    side: "compare",
    compareDiffering: false,
  },
  layout: {
    ...DEFAULT_LAYOUT,
    groupBy: ["param:lr"],
    widths: { name: 300 },
    hidden: ["user"],
    pinned: ["name"],
  },
};

test("a panel is arranged as the last one of the same experiments, in whatever order they are named", async () => {
  const kept = memory();
  await keepView(kept, { ...fresh(["1", "2"]), ...arranged, selected: ["r1"], textFilter: "otter" });
  expect(withKeptView(kept, fresh(["2", "1"]))).toMatchObject({ ...arranged, selected: [], textFilter: "" });
  expect(withKeptView(kept, fresh(["1"]))).toMatchObject({ sort: null, layout: DEFAULT_LAYOUT });
});

test("where nothing was kept, or only a part, the rest stays as it is", async () => {
  const kept = memory();
  const state = { ...fresh(["1"]), ...arranged };
  expect(withKeptView(kept, state)).toEqual(state);
  await keepView(kept, state);
  await kept.update(kept.keys()[0] ?? "", { split: 0.25 });
  expect(withKeptView(kept, state)).toEqual({ ...state, split: 0.25 });
});

test("what was kept by another version or is broken is left alone", async () => {
  const kept = memory();
  await keepView(kept, fresh(["1"]));
  for (const broken of ["x", 7, { layout: { order: 3 } }, { sort: "name" }]) {
    await kept.update(kept.keys()[0] ?? "", broken);
    expect(withKeptView(kept, fresh(["1"]))).toMatchObject(fresh(["1"]));
  }
});

test("a panel that was kept before there were layouts is restored with the first one", () => {
  const { layout, side, compareDiffering, ...older } = fresh(["1"]);
  expect(runsState.parse(older)).toMatchObject({ layout, side, compareDiffering });
});
