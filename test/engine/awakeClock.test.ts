import { afterEach, expect, test, vi } from "vitest";
import { AwakeClock } from "../../src/engine/alerts/awakeClock.ts";

afterEach(() => {
  vi.restoreAllMocks();
});

test("stands still while the computer sleeps, and does not care for the wall clock", () => {
  let time = 1000;
  vi.spyOn(performance, "now").mockImplementation(() => time);
  const clock = new AwakeClock(10_000);
  expect(clock.now()).toBe(0);
  time += 5000;
  expect(clock.now()).toBe(5000);
  time += 8 * 3600_000;
  expect(clock.now()).toBe(15_000);
  vi.spyOn(Date, "now").mockReturnValue(0);
  time += 3000;
  expect(clock.now()).toBe(18_000);
  time -= 1;
  expect(clock.now()).toBe(18_000);
});
