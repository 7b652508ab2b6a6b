import { expect, test } from "vitest";
import { Interests } from "../../src/host/engine/interests.ts";

test("the engine is sent the union of what is wanted, and only when it changes", () => {
  const sent: unknown[] = [];
  const interests = new Interests((interest) => sent.push(interest));
  const tree = interests.add({ metrics: ["b"] });
  const panel = interests.add({ metrics: ["a", "b"], console: ["a"] });
  panel.set({ metrics: ["b", "a"], console: ["a"] });
  tree.set({});
  panel.dispose();
  expect(sent).toEqual([
    { metrics: ["b"], console: [] },
    { metrics: ["a", "b"], console: ["a"] },
    { metrics: [], console: [] },
  ]);
});

test("nothing is sent as long as nothing was ever wanted", () => {
  const sent: unknown[] = [];
  const interests = new Interests((interest) => sent.push(interest));
  interests.add().dispose();
  expect(sent).toEqual([]);
});
