import { expect, test } from "vitest";
import { listData } from "../../../src/core/data/index.ts";
import { tempData } from "./tempData.ts";

test("thousands of datasets are listed as each alone would be", async () => {
  const { project, write, add } = tempData();
  write("a.csv", "1\n");
  await add("a.csv", { message: "first" });
  write("a.csv", "1\n2\n");
  const { md5 } = await add("a.csv", { message: "second" });
  const { sets, database } = project;
  const made = { md5, size: 4, files: null, isExecutable: false, author: "m", message: "x", time: 1 };
  database.transaction(() => {
    for (let i = 0; i < 3_000; i++) sets.insert({ ...made, path: `data/set-${i}.csv` });
  })();
  const listed = listData(project);
  expect(listed).toHaveLength(3_001);
  const stored = sets.versions("a.csv").reduce((sum, { id }) => sum + sets.cost(id).newBytes, 0);
  expect(stored).toBeGreaterThan(0);
  expect(listed[0]).toMatchObject({
    path: "a.csv",
    versions: 2,
    version: 2,
    md5,
    message: "second",
    storedBytes: stored,
  });
  expect(listed[1]).toMatchObject({ path: "data/set-0.csv", versions: 1, version: 1, storedBytes: 0 });
});
