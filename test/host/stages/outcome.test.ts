import { expect, test } from "vitest";
import { check, closingLine, sum, unexplained } from "./outcome.ts";

test("the closing line has the form that CI reads", () => {
  expect(closingLine({ passed: 12, failed: 0, skipped: [] })).toBe("12 passed, 0 failed");
  expect(closingLine({ passed: 3, failed: 1, skipped: ["a"] })).toBe("3 passed, 1 failed, 1 skipped");
});

test("a stage without tests counts only when it fails", () => {
  const total = sum([check(true), check(false), { passed: 2, failed: 1, skipped: ["a"] }]);
  expect(total).toEqual({ passed: 2, failed: 2, skipped: ["a"] });
});

test("a skip needs a reason", () => {
  expect(unexplained(["a", "b", "c"], { a: "macOS only", b: "" })).toEqual(["b", "c"]);
});
