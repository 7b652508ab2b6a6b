import fc from "fast-check";
import { expect, test } from "vitest";
import { Palette, PALETTE_SIZE } from "../../src/host/colors.ts";

const runIds = fc.uniqueArray(fc.string({ minLength: 1, maxLength: 8 }), { maxLength: PALETTE_SIZE });

test("a run has the same colour in every window", () => {
  expect(new Palette().colorOf("4f2a", "dark")).toBe(new Palette().colorOf("4f2a", "dark"));
  expect(new Palette().colorOf("4f2a", "dark")).not.toBe(new Palette().colorOf("4f2a", "light"));
});

test("as many runs as the palette has colours all differ", () => {
  fc.assert(
    fc.property(runIds, (ids) => {
      const palette = new Palette();
      palette.separate(ids);
      expect(new Set(ids.map((id) => palette.colorOf(id, "dark"))).size).toBe(ids.length);
    }),
  );
});

test("up to ten runs differ in hue, not in shade alone", () => {
  const colors = Palette.colors("light");
  fc.assert(
    fc.property(fc.uniqueArray(fc.string(), { maxLength: PALETTE_SIZE / 2 }), (ids) => {
      const palette = new Palette();
      palette.separate(ids);
      const hues = ids.map((id) => colors.indexOf(palette.colorOf(id, "light")) % (PALETTE_SIZE / 2));
      expect(new Set(hues).size).toBe(ids.length);
    }),
  );
});

test("separating again changes nothing, and the first of two that clash keeps its own", () => {
  fc.assert(
    fc.property(runIds, (ids) => {
      const palette = new Palette();
      const [first] = ids;
      const before = first === undefined ? undefined : palette.colorOf(first, "light");
      palette.separate(ids);
      if (first !== undefined) expect(palette.colorOf(first, "light")).toBe(before);
      expect(palette.separate(ids)).toEqual([]);
    }),
  );
});

test("more runs than colours share them evenly", () => {
  const palette = new Palette();
  const ids = Array.from({ length: PALETTE_SIZE * 2 }, (_, i) => `run ${i}`);
  palette.separate(ids);
  const uses = new Map<string, number>();
  for (const id of ids)
    uses.set(palette.colorOf(id, "dark"), (uses.get(palette.colorOf(id, "dark")) ?? 0) + 1);
  expect([...uses.values()]).toEqual(Array.from({ length: PALETTE_SIZE }, () => 2));
});

test("a colour that was chosen stays, others make way for it, and it can be given back", () => {
  const palette = new Palette();
  const own = palette.colorOf("a", "dark");
  const other = Palette.colors("dark").find((color) => color !== own) ?? "";
  palette.choose("a", Palette.colors("dark").indexOf(other));
  expect(palette.colorOf("a", "dark")).toBe(other);
  const runIds = Array.from({ length: PALETTE_SIZE - 1 }, (_, i) => `run ${i}`);
  palette.separate([...runIds, "a"]);
  expect(palette.colorOf("a", "dark")).toBe(other);
  expect(new Set([...runIds, "a"].map((runId) => palette.colorOf(runId, "dark"))).size).toBe(PALETTE_SIZE);
  palette.choose("a", null);
  expect(palette.colorOf("a", "dark")).toBe(own);
});
