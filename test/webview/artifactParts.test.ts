import { describe, expect, it } from "vitest";
import { kindOf, looksLikeText } from "../../webview/run/artifacts/kinds.ts";
import { stepsOf } from "../../webview/run/artifacts/stepImages.ts";

describe("stepsOf", () => {
  const steps = (path: string, ...files: string[]) => stepsOf(path, files).map((image) => image.step);

  it("reads the number at the end of a name, and keeps series apart", () => {
    expect(steps("a/10.png", "a/9.png", "a/10.png", "a/100.png")).toEqual([9, 10, 100]);
    expect(steps("a/x_2.png", "a/x_1.png", "a/x_2.png", "a/y_3.png", "a/x_4.jpg", "b/x_5.png")).toEqual([
      1, 2,
    ]);
    expect(steps("a/x.png", "a/x.png", "a/y.png")).toEqual([]);
    expect(steps("a/1.png", "a/1.png")).toEqual([]);
  });

  it.each(["+", "%"])(
    "reads MLflow's names with %s, the small copies apart from the whole pictures",
    (mark) => {
      const name = (key: string, step: number, time: number, end = "") =>
        `images/${[key, "step", step, "timestamp", time, "0f8fad5b-d9cb-469f-a165-70867728950e"].join(mark)}${end}.png`;
      const files = [
        name("a", 2, 9),
        name("a", 1, 5),
        name("a", 1, 3),
        name("b", 7, 1),
        name("a", 1, 3, `${mark}compressed`),
      ];
      expect(stepsOf(name("a", 2, 9), files).map(({ path }) => path)).toEqual([
        name("a", 1, 3),
        name("a", 1, 5),
        name("a", 2, 9),
      ]);
    },
  );
});

describe("kinds", () => {
  it("are known by the name, without being led astray by it", () => {
    expect(kindOf("a/b.PNG")?.kind).toBe("image");
    expect(kindOf("a.png/b")).toBeUndefined();
    expect(kindOf("constructor")).toBeUndefined();
    expect(kindOf("x.__proto__")).toBeUndefined();
  });

  it("tell text from bytes", () => {
    const bytes = (text: string) => new TextEncoder().encode(text);
    expect(looksLikeText(bytes("plain\tand é\r\n"))).toBe(true);
    expect(looksLikeText(bytes("cut 😀").slice(0, -2))).toBe(true);
    expect(looksLikeText(Uint8Array.of(65, 0, 66))).toBe(false);
    expect(looksLikeText(Uint8Array.of(0xff, 0xfe, 65))).toBe(false);
  });
});
